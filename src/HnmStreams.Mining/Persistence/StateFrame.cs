using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace HnmStreams.Mining.Persistence;

/// <summary>
/// A saved state as bytes for a file: a mark, the format's version, the length, and a CRC-32C (Castagnoli; RFC 3720,
/// appendix B.4) over all of it, which finds every burst of errors up to 32 bits. Against accidents, not against an attacker.
/// </summary>
public static class StateFrame
{
    private const uint Mark = 0x534D4E48; // "HNMS"
    private const int FormatVersion = 1;
    private const int HeaderBytes = 12;
    private const int ChecksumBytes = 4;

    /// <summary>O(bytes).</summary>
    public static byte[] Close(StateWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        var state = writer.Written.Span;
        var frame = new byte[HeaderBytes + state.Length + ChecksumBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(frame, Mark);
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(4), FormatVersion);
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(8), state.Length);
        state.CopyTo(frame.AsSpan(HeaderBytes));
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(^ChecksumBytes), Checksum(frame.AsSpan(..^ChecksumBytes)));
        return frame;
    }

    /// <summary>The state in a whole, undamaged frame. O(bytes).</summary>
    /// <exception cref="InvalidDataException">Not a frame, of another version, cut short, or damaged: which of these is said.</exception>
    public static StateReader Open(ReadOnlyMemory<byte> frame)
    {
        var bytes = frame.Span;
        if (bytes.Length < HeaderBytes + ChecksumBytes || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Mark)
            throw new InvalidDataException("Not a saved state: the mark at its beginning is missing.");
        var version = BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]);
        if (version != FormatVersion)
            throw new InvalidDataException($"A saved state of format {version}; this program reads format {FormatVersion}.");
        var length = BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]);
        if (length != bytes.Length - HeaderBytes - ChecksumBytes)
            throw new InvalidDataException($"A saved state that says it has {length} bytes and has {bytes.Length - HeaderBytes - ChecksumBytes}: cut short or run together.");
        if (Checksum(bytes[..^ChecksumBytes]) != BinaryPrimitives.ReadUInt32LittleEndian(bytes[^ChecksumBytes..]))
            throw new InvalidDataException("A damaged saved state: its checksum does not fit.");
        return new StateReader(frame.Slice(HeaderBytes, length));
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (var word in words)
            crc = BitOperations.Crc32C(crc, BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word));
        foreach (var value in bytes[(words.Length * sizeof(ulong))..])
            crc = BitOperations.Crc32C(crc, value);
        return ~crc;
    }
}
