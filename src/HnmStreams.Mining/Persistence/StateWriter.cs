using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace HnmStreams.Mining.Persistence;

/// <summary>
/// A writer of the state of structures into memory: little-endian, without padding. Each structure has a name and a version, so that a
/// reader detects data of another structure. <see cref="StateFrame"/> adds a checksum.
/// </summary>
/// <remarks>Single-threaded; one owner. Appending takes amortized O(bytes).</remarks>
public sealed class StateWriter
{
    private readonly ArrayBufferWriter<byte> _buffer = new(256);

    /// <summary>The bytes written so far.</summary>
    public ReadOnlyMemory<byte> Written => _buffer.WrittenMemory;

    /// <summary>Writes the header of a structure. <see cref="StateReader.Expect"/> reads it.</summary>
    /// <param name="structure">Name of the structure.</param>
    /// <param name="version">Format version; increase it with every change of the format.</param>
    public void Begin(string structure, int version)
    {
        WriteString(structure);
        WriteInt32(version);
    }

    /// <summary>Writes a Boolean as one byte.</summary>
    public void WriteBoolean(bool value) => Take(1)[0] = value ? (byte)1 : (byte)0;

    /// <summary>Writes a 32-bit integer.</summary>
    public void WriteInt32(int value) => BinaryPrimitives.WriteInt32LittleEndian(Take(sizeof(int)), value);

    /// <summary>Writes a 64-bit integer.</summary>
    public void WriteInt64(long value) => BinaryPrimitives.WriteInt64LittleEndian(Take(sizeof(long)), value);

    /// <summary>Writes an unsigned 64-bit integer.</summary>
    public void WriteUInt64(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Take(sizeof(ulong)), value);

    /// <summary>Writes a floating-point number, bit for bit, including NaN and negative zero.</summary>
    public void WriteSingle(float value) => BinaryPrimitives.WriteSingleLittleEndian(Take(sizeof(float)), value);

    /// <inheritdoc cref="WriteSingle"/>
    public void WriteDouble(double value) => BinaryPrimitives.WriteDoubleLittleEndian(Take(sizeof(double)), value);

    /// <summary>Writes the length in bytes, then the UTF-8 text.</summary>
    public void WriteString(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var length = Encoding.UTF8.GetByteCount(value);
        WriteInt32(length);
        Encoding.UTF8.GetBytes(value, Take(length));
    }

    /// <summary>Writes the count, then the values as they are in memory. Only for numbers and structs of numbers.</summary>
    /// <exception cref="PlatformNotSupportedException">The machine is big-endian.</exception>
    public void WriteArray<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        RequireLittleEndian();
        WriteInt32(values.Length);
        var bytes = MemoryMarshal.AsBytes(values);
        bytes.CopyTo(Take(bytes.Length));
    }

    /// <summary>Writes bytes without a length, for example those of another writer.</summary>
    public void WriteBytes(ReadOnlySpan<byte> written) => written.CopyTo(Take(written.Length));

    internal static void RequireLittleEndian()
    {
        if (!BitConverter.IsLittleEndian)
            throw new PlatformNotSupportedException("Saved states hold arrays in little-endian order, but this machine is big-endian.");
    }

    private Span<byte> Take(int bytes)
    {
        var span = _buffer.GetSpan(bytes)[..bytes];
        _buffer.Advance(bytes);
        return span;
    }
}
