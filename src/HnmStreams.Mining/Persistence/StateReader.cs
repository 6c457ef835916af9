using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace HnmStreams.Mining.Persistence;

/// <summary>
/// Reads what <see cref="StateWriter"/> wrote. Nothing in the bytes is trusted: each length is held against what is
/// left before memory is taken, so that no input can claim more than its own size.
/// </summary>
/// <remarks>One owner, one thread. All that is wrong with the bytes is an <see cref="InvalidDataException"/> that says where.</remarks>
public sealed class StateReader(ReadOnlyMemory<byte> state)
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);
    private int _position;

    /// <summary>Bytes not yet read.</summary>
    public int Remaining => state.Length - _position;

    /// <summary>The state of this structure must follow, in a version from 1 to <paramref name="newestVersion"/>.</summary>
    /// <returns>The version that was written.</returns>
    public int Expect(string structure, int newestVersion)
    {
        var at = _position;
        var found = ReadString();
        if (!string.Equals(found, structure, StringComparison.Ordinal))
            throw new InvalidDataException($"Byte {at}: the state of '{structure}' was expected, '{found}' is there.");
        var version = ReadInt32();
        if (version < 1 || version > newestVersion)
            throw new InvalidDataException($"Byte {at}: '{structure}' is there in version {version}; this program reads 1 to {newestVersion}.");
        return version;
    }

    public bool ReadBoolean() => Take(1)[0] switch
    {
        0 => false,
        1 => true,
        var other => throw Invalid($"{other} is no truth value"),
    };

    public int ReadInt32() => BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int)));

    public long ReadInt64() => BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long)));

    public ulong ReadUInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong)));

    public float ReadSingle() => BinaryPrimitives.ReadSingleLittleEndian(Take(sizeof(float)));

    public double ReadDouble() => BinaryPrimitives.ReadDoubleLittleEndian(Take(sizeof(double)));

    public string ReadString()
    {
        var length = ReadCount(1);
        try
        {
            return StrictUtf8.GetString(Take(length));
        }
        catch (DecoderFallbackException e)
        {
            throw new InvalidDataException($"Byte {_position - length}: not UTF-8.", e);
        }
    }

    /// <summary>A count of items to come, each of at least <paramref name="bytesEach"/> bytes: never more than are left.</summary>
    public int ReadCount(int bytesEach)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytesEach);
        var count = ReadInt32();
        return count >= 0 && (long)count * bytesEach <= Remaining
            ? count
            : throw Invalid($"a count of {count}, with {bytesEach} bytes or more each, where {Remaining} bytes are left");
    }

    public T[] ReadArray<T>()
        where T : unmanaged
    {
        StateWriter.RequireLittleEndian();
        var values = new T[ReadCount(Unsafe.SizeOf<T>())];
        Take(values.Length * Unsafe.SizeOf<T>()).CopyTo(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    /// <summary>What a structure throws when a value that it read cannot be its own.</summary>
    public InvalidDataException Invalid(string what) => new($"Before byte {_position}: {what}.");

    private ReadOnlySpan<byte> Take(int bytes)
    {
        if (bytes > Remaining)
            throw new InvalidDataException($"Byte {_position}: {bytes} bytes were expected, {Remaining} are left.");
        _position += bytes;
        return state.Span.Slice(_position - bytes, bytes);
    }
}
