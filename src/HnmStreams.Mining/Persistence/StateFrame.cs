using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace HnmStreams.Mining.Persistence;

/// <summary>
/// A saved state as bytes for a file: a magic number, the format version, the length, and a CRC-32C (Castagnoli; RFC 3720, appendix B.4)
/// over all of it, which detects every burst of up to 32 bit errors. It protects against accidents, not against attackers.
/// </summary>
public static class StateFrame
{
    private const uint MagicNumber = 0x534D4E48; // "HNMS"
    private const int FormatVersion = 1;
    private const int HeaderBytes = 12;
    private const int ChecksumBytes = 4;

    /// <summary>Frames what was written. O(bytes).</summary>
    public static byte[] Close(StateWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        var state = writer.Written.Span;
        var frame = new byte[HeaderBytes + state.Length + ChecksumBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(frame, MagicNumber);
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(4), FormatVersion);
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(8), state.Length);
        state.CopyTo(frame.AsSpan(HeaderBytes));
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(^ChecksumBytes), Checksum(frame.AsSpan(..^ChecksumBytes)));
        return frame;
    }

    /// <summary>Verifies a frame and returns a reader of its content. O(bytes).</summary>
    /// <exception cref="InvalidDataException">The data is not a frame, has another version, is truncated or is corrupt. The message says
    /// which.</exception>
    public static StateReader Open(ReadOnlyMemory<byte> frame)
    {
        var bytes = frame.Span;
        if (bytes.Length < HeaderBytes + ChecksumBytes || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != MagicNumber)
            throw new InvalidDataException("Not a saved state: the magic number is missing.");
        var version = BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]);
        if (version != FormatVersion)
            throw new InvalidDataException($"The saved state has format version {version}; this version reads format {FormatVersion}.");
        var length = BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]);
        if (length != bytes.Length - HeaderBytes - ChecksumBytes)
            throw new InvalidDataException($"The saved state must have {length} bytes but has {bytes.Length - HeaderBytes - ChecksumBytes}: it is truncated or has trailing data.");
        if (Checksum(bytes[..^ChecksumBytes]) != BinaryPrimitives.ReadUInt32LittleEndian(bytes[^ChecksumBytes..]))
            throw new InvalidDataException("The saved state is corrupt: its checksum does not match.");
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
