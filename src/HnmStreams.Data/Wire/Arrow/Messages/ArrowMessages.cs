using System.Buffers.Binary;

namespace HnmStreams.Data.Wire.Arrow.Messages;

/// <summary>The kind of a message of an Arrow stream (MessageHeader in Message.fbs).</summary>
internal enum ArrowMessageKind : byte
{
    Schema = 1,
    DictionaryBatch = 2,
    RecordBatch = 3,
}

/// <summary>
/// The messages of an Arrow IPC stream: per message a continuation marker, the size of the metadata, the metadata and a body. A file
/// has the same messages behind its magic bytes; its footer is not needed.
/// </summary>
/// <param name="next">The start of the next message in the record; 0 for the first.</param>
internal ref struct ArrowMessages(ReadOnlySpan<byte> record, int next)
{
    private const uint Continuation = 0xFFFF_FFFF;

    // Message.fbs: version, header_type, header, bodyLength.
    private const int KindField = 1, HeaderField = 2, BodyLengthField = 3;

    private readonly ReadOnlySpan<byte> _record = record;

    private static ReadOnlySpan<byte> FileMagic => "ARROW1\0\0"u8;

    /// <summary>The start of the message behind the one that was read last.</summary>
    public int Position { get; private set; } = next == 0 && IsFile(record) ? FileMagic.Length : next;

    public ArrowMessageKind Kind { get; private set; }

    /// <summary>The metadata of the message.</summary>
    public FlatTable Header { get; private set; }

    /// <summary>The start of the body in the record.</summary>
    public int BodyStart { get; private set; }

    public int BodyLength { get; private set; }

    /// <summary>The bytes of the metadata.</summary>
    public ReadOnlySpan<byte> Metadata { get; private set; }

    public static bool IsFile(ReadOnlySpan<byte> record) => record.StartsWith(FileMagic);

    /// <summary>Returns true if the record starts like a stream or a file.</summary>
    public static bool Starts(ReadOnlySpan<byte> record) => record.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFF, 0xFF, 0xFF]) || IsFile(record);

    /// <summary>Advances to the next message; returns false at the end of the stream.</summary>
    /// <exception cref="ArrowFormatException">The message is truncated or damaged.</exception>
    public bool Next()
    {
        var rest = _record[Position..];
        if (rest.IsEmpty)
            return false;
        if (rest.Length < 2 * sizeof(uint) || BinaryPrimitives.ReadUInt32LittleEndian(rest) != Continuation)
            throw new ArrowFormatException("The record must be an Arrow IPC stream or file, but a message does not start with the continuation marker.");
        var size = BinaryPrimitives.ReadUInt32LittleEndian(rest[sizeof(uint)..]);
        if (size == 0)
            return false;
        rest = rest[(2 * sizeof(uint))..];
        if (size > rest.Length)
            throw Truncated();
        Metadata = rest[..(int)size];
        var message = FlatTable.Root(Metadata);
        var bodyLength = message.Int64(BodyLengthField);
        if (bodyLength < 0 || bodyLength > rest.Length - size)
            throw Truncated();
        Kind = (ArrowMessageKind)message.Byte(KindField);
        Header = message.TryTable(HeaderField, out var header) ? header : throw new ArrowFormatException("A message has no header.");
        BodyStart = Position + (2 * sizeof(uint)) + (int)size;
        BodyLength = (int)bodyLength;
        Position = BodyStart + BodyLength;
        return true;
    }

    private static ArrowFormatException Truncated() => new("The Arrow stream is truncated.");
}
