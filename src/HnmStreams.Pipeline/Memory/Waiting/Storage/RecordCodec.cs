using System.Buffers.Binary;
using HnmStreams.Data.Examples;
using HnmStreams.Pipeline.Memory.Waiting.Joining;

namespace HnmStreams.Pipeline.Memory.Waiting.Storage;

/// <summary>The keys and values of the store's tables. Keys are big-endian, so that they are sorted by number.</summary>
internal static class RecordCodec
{
    public const int KeyBytes = 16;
    public const int SequenceBytes = 8;

    /// <summary>The bytes of a key by deadline: the deadline, then the key of the record.</summary>
    public const int DeadlineBytes = 8 + KeyBytes;

    /// <summary>The bytes of a record: state, deadline, input and label.</summary>
    public const int RecordBytes = 1 + 8 + (8 + 8 + 4 + 8) + (4 + 4 + 8 + 8);

    public static void WriteKey(Span<byte> to, ExampleKey key) => BinaryPrimitives.WriteUInt128BigEndian(to, key.Value);

    public static ExampleKey ReadKey(ReadOnlySpan<byte> from) => new(BinaryPrimitives.ReadUInt128BigEndian(from));

    public static void WriteSequence(Span<byte> to, long sequence) => BinaryPrimitives.WriteInt64BigEndian(to, sequence);

    public static void WriteDeadline(Span<byte> to, long deadline, ExampleKey key)
    {
        BinaryPrimitives.WriteInt64BigEndian(to, deadline);
        WriteKey(to[8..], key);
    }

    public static (long Deadline, ExampleKey Key) ReadDeadline(ReadOnlySpan<byte> from) =>
        from.Length == DeadlineBytes
            ? (BinaryPrimitives.ReadInt64BigEndian(from), ReadKey(from[8..]))
            : throw new InvalidDataException($"a deadline must have {DeadlineBytes} bytes but has {from.Length}");

    public static void Write(Span<byte> to, in WaitingRecord record)
    {
        to[0] = (byte)record.State;
        BinaryPrimitives.WriteInt64LittleEndian(to[1..], record.Deadline);
        BinaryPrimitives.WriteInt64LittleEndian(to[9..], record.Input.Sequence);
        BinaryPrimitives.WriteUInt64LittleEndian(to[17..], record.Input.Hash);
        BinaryPrimitives.WriteInt32LittleEndian(to[25..], record.Input.Bytes);
        BinaryPrimitives.WriteInt64LittleEndian(to[29..], record.Input.Arrival);
        BinaryPrimitives.WriteInt32LittleEndian(to[37..], record.Label.Class);
        BinaryPrimitives.WriteSingleLittleEndian(to[41..], record.Label.Weight);
        BinaryPrimitives.WriteInt64LittleEndian(to[45..], record.Label.Time);
        BinaryPrimitives.WriteInt64LittleEndian(to[53..], record.Label.Arrival);
    }

    /// <exception cref="InvalidDataException">The bytes are not a record.</exception>
    public static WaitingRecord Read(ReadOnlySpan<byte> from)
    {
        if (from.Length != RecordBytes || from[0] is 0 or > (byte)WaitingState.Presumed)
            throw new InvalidDataException($"a record must have {RecordBytes} bytes and a state from 1 to {(byte)WaitingState.Presumed} but has {from.Length} bytes");
        return new WaitingRecord(
            (WaitingState)from[0],
            BinaryPrimitives.ReadInt64LittleEndian(from[1..]),
            new InputMark(
                BinaryPrimitives.ReadInt64LittleEndian(from[9..]),
                BinaryPrimitives.ReadUInt64LittleEndian(from[17..]),
                BinaryPrimitives.ReadInt32LittleEndian(from[25..]),
                BinaryPrimitives.ReadInt64LittleEndian(from[29..])),
            new LabelMark(
                BinaryPrimitives.ReadInt32LittleEndian(from[37..]),
                BinaryPrimitives.ReadSingleLittleEndian(from[41..]),
                BinaryPrimitives.ReadInt64LittleEndian(from[45..]),
                BinaryPrimitives.ReadInt64LittleEndian(from[53..])));
    }
}
