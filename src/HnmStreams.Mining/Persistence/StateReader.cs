using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace HnmStreams.Mining.Persistence;

/// <summary>
/// A reader of what <see cref="StateWriter"/> wrote. It does not trust the data: it checks every length against the remaining bytes before
/// it allocates memory.
/// </summary>
/// <param name="state">The written bytes.</param>
/// <remarks>Single-threaded; one owner. Every error in the data is an <see cref="InvalidDataException"/> that gives the byte position.</remarks>
public sealed class StateReader(ReadOnlyMemory<byte> state)
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);
    private int _position;

    /// <summary>The number of bytes not yet read.</summary>
    public int Remaining => state.Length - _position;

    /// <summary>Reads the header of a structure, as <see cref="StateWriter.Begin"/> wrote it.</summary>
    /// <param name="structure">Name of the structure.</param>
    /// <param name="version">Version that the caller can read.</param>
    /// <exception cref="InvalidDataException">Another structure or version follows.</exception>
    public void Expect(string structure, int version)
    {
        var at = _position;
        var found = ReadString();
        if (!string.Equals(found, structure, StringComparison.Ordinal))
            throw new InvalidDataException($"Byte {at}: expected the state of '{structure}' but found '{found}'.");
        if (ReadInt32() is var written && written != version)
            throw new InvalidDataException($"Byte {at}: '{structure}' has version {written}; this program reads version {version}.");
    }

    /// <summary>Reads a Boolean.</summary>
    public bool ReadBoolean() => Take(1)[0] switch
    {
        0 => false,
        1 => true,
        var other => throw Invalid($"a Boolean must be 0 or 1 but is {other}"),
    };

    /// <summary>Reads a 32-bit integer.</summary>
    public int ReadInt32() => BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int)));

    /// <summary>Reads a 64-bit integer.</summary>
    public long ReadInt64() => BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long)));

    /// <summary>Reads an unsigned 64-bit integer.</summary>
    public ulong ReadUInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong)));

    /// <summary>Reads a 32-bit floating-point number.</summary>
    public float ReadSingle() => BinaryPrimitives.ReadSingleLittleEndian(Take(sizeof(float)));

    /// <summary>Reads a 64-bit floating-point number.</summary>
    public double ReadDouble() => BinaryPrimitives.ReadDoubleLittleEndian(Take(sizeof(double)));

    /// <summary>Reads a UTF-8 string with its length.</summary>
    public string ReadString()
    {
        var length = ReadCount(1);
        try
        {
            return StrictUtf8.GetString(Take(length));
        }
        catch (DecoderFallbackException e)
        {
            throw new InvalidDataException($"Byte {_position - length}: the text is not valid UTF-8.", e);
        }
    }

    /// <summary>Reads the number of items that follow, and checks that they fit into the remaining bytes.</summary>
    /// <param name="bytesEach">Minimum number of bytes per item, 1 or more.</param>
    public int ReadCount(int bytesEach)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytesEach);
        var count = ReadInt32();
        return count >= 0 && (long)count * bytesEach <= Remaining
            ? count
            : throw Invalid($"a count of {count} items of at least {bytesEach} bytes exceeds the remaining {Remaining} bytes");
    }

    /// <summary>Reads an array that <see cref="StateWriter.WriteArray"/> wrote.</summary>
    public T[] ReadArray<T>()
        where T : unmanaged
    {
        StateWriter.RequireLittleEndian();
        var values = new T[ReadCount(Unsafe.SizeOf<T>())];
        Take(values.Length * Unsafe.SizeOf<T>()).CopyTo(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    /// <summary>Reads an array of bytes that <see cref="StateWriter.WriteArray"/> wrote, without copying it.</summary>
    /// <returns>A part of the state, valid as long as the state is.</returns>
    public ReadOnlySpan<byte> ReadSpan() => Take(ReadCount(1));

    /// <summary>Creates the exception for a value that a structure cannot have.</summary>
    /// <param name="what">Description of the error.</param>
    public InvalidDataException Invalid(string what) => new($"Before byte {_position}: {what}.");

    private ReadOnlySpan<byte> Take(int bytes)
    {
        if (bytes > Remaining)
            throw new InvalidDataException($"Byte {_position}: expected {bytes} bytes but only {Remaining} remain.");
        _position += bytes;
        return state.Span.Slice(_position - bytes, bytes);
    }
}
