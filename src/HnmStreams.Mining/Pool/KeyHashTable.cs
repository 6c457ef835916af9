using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace HnmStreams.Mining.Pool;

/// <summary>
/// A hash table from keys to slots with open addressing and linear probing: a single array without references, which the garbage collector
/// does not scan. Each entry holds 32 bits of the hash beside the slot, so that other keys are rarely compared. Removal shifts later
/// entries back (Knuth, volume 3, section 6.4, algorithm R), so there are no tombstones.
/// </summary>
/// <remarks>Single-threaded; one owner. Every operation takes O(1) expected time; growth is amortized.</remarks>
internal sealed class KeyHashTable<TId>
    where TId : struct, IEquatable<TId>
{
    // Eight consecutive hashes share a cache line, so that sequential ids are found near each other. A full line displaces the next eight
    // entries far away, so a table that is neither sparse nor too large for the second-level cache scatters them instead.
    private const int LineBits = 3;
    private const int MaxSparseCapacity = 1 << 15;
    private const int MaxScatteredCapacity = 1 << 18;
    private const uint GoldenRatio = 0x9E3779B1;

    // hash << 32 | slot + 1; 0 marks a free entry.
    private ulong[] _entries;
    private int _shift;
    private int _lineBits;
    private int _count;

    public KeyHashTable(int expected)
    {
        _entries = [];
        Resize(CapacityFor(expected));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint HashOf(in CandidateKey<TId> key) => (uint)key.Id.GetHashCode() + ((uint)key.Region * 0x85EBCA6B);

    /// <summary>Finds the slot of a key.</summary>
    /// <returns>The slot, or -1 if the key is not in the table.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(in CandidateKey<TId> key, uint hash, PoolEntry<TId>[] poolEntries)
    {
        var entries = _entries;
        for (var at = Home(hash); ; at = (at + 1) & (entries.Length - 1))
        {
            var entry = entries[at];
            if (entry == 0)
                return -1;
            if ((uint)(entry >> 32) == hash)
            {
                var slot = (int)(uint)entry - 1;
                ref var candidate = ref poolEntries[slot];
                if (candidate.Region == key.Region && candidate.Id.Equals(key.Id))
                    return slot;
            }
        }
    }

    /// <summary>Prefetches the cache line where the search for a hash begins.</summary>
    public unsafe void Prefetch(uint hash)
    {
        if (Sse.IsSupported)
            Sse.Prefetch0(Unsafe.AsPointer(ref _entries[Home(hash)]));
    }

    /// <summary>Prefetches the pool entry that the search for a hash compares first.</summary>
    public unsafe void PrefetchEntry(uint hash, PoolEntry<TId>[] poolEntries)
    {
        var entry = _entries[Home(hash)];
        if (Sse.IsSupported && entry != 0)
            Sse.Prefetch0(Unsafe.AsPointer(ref poolEntries[(int)(uint)entry - 1]));
    }

    /// <summary>Adds a key that must not be in the table.</summary>
    public void Add(uint hash, int slot)
    {
        if (CapacityFor(++_count) > _entries.Length)
            Resize(CapacityFor(_count));
        Put(((ulong)hash << 32) | (uint)(slot + 1));
    }

    /// <summary>Removes a key that must be in the table.</summary>
    public void Remove(uint hash, int slot)
    {
        var (entries, mask) = (_entries, _entries.Length - 1);
        var wanted = ((ulong)hash << 32) | (uint)(slot + 1);
        var gap = Home(hash);
        while (entries[gap] != wanted)
            gap = (gap + 1) & mask;
        for (var at = (gap + 1) & mask; entries[at] != 0; at = (at + 1) & mask)
        {
            // An entry may be shifted back to its home position, but not before it.
            if (((at - Home((uint)(entries[at] >> 32))) & mask) < ((at - gap) & mask))
                continue;
            entries[gap] = entries[at];
            gap = at;
        }

        entries[gap] = 0;
        _count--;
    }

    public void Clear()
    {
        Array.Clear(_entries);
        _count = 0;
    }

    // At most half full. Small tables are at most an eighth full: they stay in the first-level cache, and an empty entry ends a search at
    // once.
    private static int CapacityFor(int count) =>
        (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(64, count <= MaxSparseCapacity / 8 ? count * 8 : Math.Max(count * 2L, MaxSparseCapacity)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Home(uint hash) => (int)((((hash >> _lineBits) * GoldenRatio) >> _shift << _lineBits) | (hash & ((1u << _lineBits) - 1)));

    private void Put(ulong entry)
    {
        var at = Home((uint)(entry >> 32));
        while (_entries[at] != 0)
            at = (at + 1) & (_entries.Length - 1);
        _entries[at] = entry;
    }

    private void Resize(int capacity)
    {
        var old = _entries;
        _entries = new ulong[capacity];
        _lineBits = capacity is > MaxSparseCapacity and <= MaxScatteredCapacity ? 0 : LineBits;
        _shift = 32 + _lineBits - BitOperations.Log2((uint)capacity);
        foreach (var entry in old)
        {
            if (entry != 0)
                Put(entry);
        }
    }
}
