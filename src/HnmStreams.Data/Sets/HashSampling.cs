using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace HnmStreams.Data.Sets;

/// <summary>Deterministic sampling by a hash of a name and a seed (XxHash64), the same in every order, epoch and process.</summary>
internal static class HashSampling
{
    public static ulong Hash(string name, ulong seed) => XxHash64.HashToUInt64(MemoryMarshal.AsBytes(name.AsSpan()), (long)seed);

    public static ulong Hash(UInt128 content, ulong seed)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128LittleEndian(bytes, content);
        return XxHash64.HashToUInt64(bytes, (long)seed);
    }

    /// <summary>Returns true if the hash lies in the lowest share of all hashes.</summary>
    public static bool IsSelected(ulong hash, double share) => (hash >> 11) * (1.0 / (1UL << 53)) < share;
}
