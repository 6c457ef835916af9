using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace HnmStreams.Mining.Pool;

/// <summary>
/// From keys to slots, by open addressing with linear probing: one array without pointers, which the collector need not
/// look into. Each entry holds 32 bits of the hash beside the slot, so that a stranger's key is hardly ever compared.
/// Removal moves later entries back (Knuth, volume 3, section 6.4, algorithm R), so that no tombstones gather.
/// </summary>
/// <remarks>One owner, one thread. Everything O(1) expected; growing is amortised.</remarks>
internal sealed class KeyTable<TId>
    where TId : struct, IEquatable<TId>
{
    // Eight hashes in a row share a cache line: ids that were counted up are found where their neighbours were. But a line
    // that is full drives the next eight far away, so that a table that is neither nearly empty nor too large for the second cache scatters them.
    private const int LineBits = 3;
    private const int NearlyEmptyUpTo = 1 << 15;
    private const int ScatteredUpTo = 1 << 18;
    private const uint GoldenRatio = 0x9E3779B1;

    // hash << 32 | slot + 1; 0 is free.
    private ulong[] _entries;
    private int _shift;
    private int _lineBits;
    private int _count;

    public KeyTable(int expected)
    {
        _entries = [];
        Resize(CapacityFor(expected));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint HashOf(in CandidateKey<TId> key) => (uint)key.Id.GetHashCode() + ((uint)key.Unit * 0x85EBCA6B);

    /// <returns>The slot, or -1.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(in CandidateKey<TId> key, uint hash, Resident<TId>[] residents)
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
                ref var resident = ref residents[slot];
                if (resident.Unit == key.Unit && resident.Id.Equals(key.Id))
                    return slot;
            }
        }
    }

    /// <summary>Brings the line where a search begins into the cache.</summary>
    public unsafe void Prefetch(uint hash)
    {
        if (Sse.IsSupported)
            Sse.Prefetch0(Unsafe.AsPointer(ref _entries[Home(hash)]));
    }

    /// <summary>Brings the resident into the cache that a search would first compare, without looking further.</summary>
    public unsafe void PrefetchResident(uint hash, Resident<TId>[] residents)
    {
        var entry = _entries[Home(hash)];
        if (Sse.IsSupported && entry != 0)
            Sse.Prefetch0(Unsafe.AsPointer(ref residents[(int)(uint)entry - 1]));
    }

    /// <summary>A key that is not there.</summary>
    public void Add(uint hash, int slot)
    {
        if (CapacityFor(++_count) > _entries.Length)
            Resize(CapacityFor(_count));
        Put(((ulong)hash << 32) | (uint)(slot + 1));
    }

    /// <summary>A key that is there.</summary>
    public void Remove(uint hash, int slot)
    {
        var (entries, mask) = (_entries, _entries.Length - 1);
        var sought = ((ulong)hash << 32) | (uint)(slot + 1);
        var gap = Home(hash);
        while (entries[gap] != sought)
            gap = (gap + 1) & mask;
        for (var at = (gap + 1) & mask; entries[at] != 0; at = (at + 1) & mask)
        {
            // An entry may move back as far as its home, never before it.
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

    // At most half full; small tables an eighth, since they stay in the first cache and an empty place answers at once.
    private static int CapacityFor(int count) =>
        (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(64, count <= NearlyEmptyUpTo / 8 ? count * 8 : Math.Max(count * 2L, NearlyEmptyUpTo)));

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
        _lineBits = capacity is > NearlyEmptyUpTo and <= ScatteredUpTo ? 0 : LineBits;
        _shift = 32 + _lineBits - BitOperations.Log2((uint)capacity);
        foreach (var entry in old)
        {
            if (entry != 0)
                Put(entry);
        }
    }
}
