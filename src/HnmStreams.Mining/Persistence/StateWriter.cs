using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace HnmStreams.Mining.Persistence;

/// <summary>
/// Writes the state of structures into memory: little-endian, no padding, and each structure under its own name and
/// version, so that a reader notices when it is handed another's. <see cref="StateFrame"/> puts a checksum around the whole.
/// </summary>
/// <remarks>One owner, one thread. Appending is amortised O(bytes).</remarks>
public sealed class StateWriter
{
    private readonly ArrayBufferWriter<byte> _buffer = new(256);

    public ReadOnlyMemory<byte> Written => _buffer.WrittenMemory;

    /// <summary>Begins the state of one structure; <see cref="StateReader.Expect"/> is its other half.</summary>
    /// <param name="version">Raised with every change of what follows.</param>
    public void Begin(string structure, int version)
    {
        WriteString(structure);
        WriteInt32(version);
    }

    public void WriteBoolean(bool value) => Take(1)[0] = value ? (byte)1 : (byte)0;

    public void WriteInt32(int value) => BinaryPrimitives.WriteInt32LittleEndian(Take(sizeof(int)), value);

    public void WriteInt64(long value) => BinaryPrimitives.WriteInt64LittleEndian(Take(sizeof(long)), value);

    public void WriteUInt64(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Take(sizeof(ulong)), value);

    /// <summary>Bit for bit, NaN and negative zero included.</summary>
    public void WriteSingle(float value) => BinaryPrimitives.WriteSingleLittleEndian(Take(sizeof(float)), value);

    /// <inheritdoc cref="WriteSingle"/>
    public void WriteDouble(double value) => BinaryPrimitives.WriteDoubleLittleEndian(Take(sizeof(double)), value);

    /// <summary>Length in bytes, then UTF-8.</summary>
    public void WriteString(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var length = Encoding.UTF8.GetByteCount(value);
        WriteInt32(length);
        Encoding.UTF8.GetBytes(value, Take(length));
    }

    /// <summary>Count, then the values as they lie in memory. For numbers and structs of numbers only.</summary>
    /// <exception cref="PlatformNotSupportedException">On a big-endian machine.</exception>
    public void WriteArray<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        RequireLittleEndian();
        WriteInt32(values.Length);
        var bytes = MemoryMarshal.AsBytes(values);
        bytes.CopyTo(Take(bytes.Length));
    }

    /// <summary>Bytes that another writer wrote, without a length.</summary>
    public void WriteBytes(ReadOnlySpan<byte> written) => written.CopyTo(Take(written.Length));

    internal static void RequireLittleEndian()
    {
        if (!BitConverter.IsLittleEndian)
            throw new PlatformNotSupportedException("Saved states hold arrays as little-endian machines keep them; this machine is big-endian.");
    }

    private Span<byte> Take(int bytes)
    {
        var span = _buffer.GetSpan(bytes)[..bytes];
        _buffer.Advance(bytes);
        return span;
    }
}
