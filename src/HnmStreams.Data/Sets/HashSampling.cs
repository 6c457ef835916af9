using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace HnmStreams.Data.Sets;

/// <summary>Choices that depend on a name and a seed alone, so that they are the same in every order, epoch and process (XxHash64).</summary>
internal static class HashSampling
{
    public static ulong Hash(string name, ulong seed) => XxHash64.HashToUInt64(MemoryMarshal.AsBytes(name.AsSpan()), (long)seed);

    public static ulong Hash(UInt128 content, ulong seed)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128LittleEndian(bytes, content);
        return XxHash64.HashToUInt64(bytes, (long)seed);
    }

    /// <summary>Whether the hash lies in the first share of all hashes.</summary>
    public static bool Takes(ulong hash, double share) => (hash >> 11) * (1.0 / (1UL << 53)) < share;
}
