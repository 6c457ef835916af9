using System.Buffers.Binary;
using System.Text;

namespace HnmStreams.Data.Records;

/// <summary>
/// The headers of a record that a decoder may need (<see cref="IsCaptured"/>), as one byte range of the chunk: per header the length of
/// the name (2 bytes), the name, the length of the value (4 bytes), and the value.
/// </summary>
public readonly ref struct CapturedHeaders
{
    /// <summary>The maximum number of bytes of the captured headers of a record.</summary>
    public const int MaxBytes = 16 * 1024;

    private readonly ReadOnlySpan<byte> _block;

    /// <param name="block">The bytes that <see cref="Append"/> wrote.</param>
    public CapturedHeaders(ReadOnlySpan<byte> block) => _block = block;

    /// <summary>Returns true for the headers of CloudEvents (<c>ce_…</c>) and <c>content-type</c>.</summary>
    public static bool IsCaptured(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.StartsWith("ce_", StringComparison.Ordinal) || name is "content-type";
    }

    /// <summary>Appends a header. Returns false, and writes nothing, if the buffer has no room for it.</summary>
    public static bool Append(string name, ReadOnlySpan<byte> value, Span<byte> buffer, ref int written)
    {
        var nameBytes = Encoding.UTF8.GetByteCount(name);
        if (nameBytes > ushort.MaxValue || buffer.Length - written < nameBytes + value.Length + 6L)
            return false;
        BinaryPrimitives.WriteUInt16LittleEndian(buffer[written..], (ushort)nameBytes);
        Encoding.UTF8.GetBytes(name, buffer[(written + 2)..]);
        BinaryPrimitives.WriteInt32LittleEndian(buffer[(written + 2 + nameBytes)..], value.Length);
        value.CopyTo(buffer[(written + 6 + nameBytes)..]);
        written += nameBytes + value.Length + 6;
        return true;
    }

    /// <summary>Reads the next header.</summary>
    /// <param name="at">The position in the block, 0 at first.</param>
    public bool TryNext(scoped ref int at, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        name = default;
        value = default;
        if (at >= _block.Length)
            return false;
        var nameBytes = BinaryPrimitives.ReadUInt16LittleEndian(_block[at..]);
        name = _block.Slice(at + 2, nameBytes);
        var valueBytes = BinaryPrimitives.ReadInt32LittleEndian(_block[(at + 2 + nameBytes)..]);
        value = _block.Slice(at + 6 + nameBytes, valueBytes);
        at += nameBytes + valueBytes + 6;
        return true;
    }

    /// <summary>Returns the value of the last header with this name; empty if none exists. O(headers).</summary>
    public ReadOnlySpan<byte> Last(ReadOnlySpan<byte> name)
    {
        ReadOnlySpan<byte> last = default;
        var at = 0;
        while (TryNext(ref at, out var other, out var value))
        {
            if (other.SequenceEqual(name))
                last = value;
        }

        return last;
    }
}
