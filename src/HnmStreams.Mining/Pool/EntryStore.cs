using System.Diagnostics.CodeAnalysis;

namespace HnmStreams.Mining.Pool;

/// <summary>
/// The entries of a pool by slot, found by key, by id with all regions, and by position in a dense array. It knows nothing about hardness.
/// The slot freed last is reused first.
/// </summary>
/// <remarks>Single-threaded; one owner. Every operation takes O(1) expected time; growth is amortized.</remarks>
internal sealed class EntryStore<TId, TPayload>
    where TId : struct, IEquatable<TId>
{
    private readonly KeyHashTable<TId> _slots;
    private readonly Stack<int> _free = new();

    // Ids with regions other than 0: the slot of the first region in the linked list.
    private readonly Dictionary<TId, int> _regions = [];
    private PoolEntry<TId>[] _entries;
    private TPayload[] _payloads;
    private int[] _places;

    public EntryStore(int expected)
    {
        _slots = new KeyHashTable<TId>(expected);
        (_entries, _payloads, _places) = (new PoolEntry<TId>[expected], new TPayload[expected], new int[expected]);
    }

    /// <summary>The number of candidates.</summary>
    public int Count { get; private set; }

    /// <summary>An exclusive upper bound of all slots that were ever used.</summary>
    public int SlotBound => Count + _free.Count;

    /// <summary>The entries by slot. The length of the array is the capacity, not the count.</summary>
    [SuppressMessage("Performance", "CA1819", Justification = "Internal, and a copy for each access is what it avoids.")]
    public PoolEntry<TId>[] Entries => _entries;

    /// <summary>The entry of a slot.</summary>
    public ref PoolEntry<TId> this[int slot] => ref _entries[slot];

    /// <summary>The used slots, in no particular order.</summary>
    public ReadOnlySpan<int> Places => _places.AsSpan(0, Count);

    /// <summary>The payloads by slot.</summary>
    public ReadOnlySpan<TPayload> Payloads => _payloads;

    /// <summary>Returns the slot of a key, or -1.</summary>
    public int Find(in CandidateKey<TId> key) => _slots.Find(key, KeyHashTable<TId>.HashOf(key), _entries);

    /// <inheritdoc cref="IHardPool{TId, TPayload}.Prefetch"/>
    public void Prefetch(ReadOnlySpan<CandidateKey<TId>> keys)
    {
        foreach (ref readonly var key in keys)
            _slots.Prefetch(KeyHashTable<TId>.HashOf(key));
        foreach (ref readonly var key in keys)
            _slots.PrefetchEntry(KeyHashTable<TId>.HashOf(key), _entries);
    }

    /// <summary>Returns the key of a used slot.</summary>
    public CandidateKey<TId> KeyOf(int slot) => new(_entries[slot].Id, _entries[slot].Region);

    /// <summary>Returns the free slots in the order in which they will be reused.</summary>
    public int[] CopyFree() => [.. _free];

    /// <summary>Adds a key that must not be in the store, and returns its slot. The other fields of the entry are zero.</summary>
    public int Add(in CandidateKey<TId> key, TPayload payload)
    {
        if (!_free.TryPop(out var slot))
            slot = Count;
        Fill(slot, key, payload);
        return slot;
    }

    /// <summary>Replaces the key and payload of a slot. Cheaper than removing and adding.</summary>
    public void Replace(int slot, in CandidateKey<TId> key, TPayload payload)
    {
        var place = _entries[slot].Place;
        Unlink(slot);
        _entries[slot] = new PoolEntry<TId> { Id = key.Id, Region = key.Region, Place = place };
        _payloads[slot] = payload;
        Link(slot, key);
    }

    /// <summary>Removes the candidate of a used slot.</summary>
    public void Remove(int slot)
    {
        Unlink(slot);
        var (place, last) = (_entries[slot].Place, _places[--Count]);
        _places[place] = last;
        _entries[last].Place = place;
        _entries[slot] = default;
        _payloads[slot] = default!;
        _free.Push(slot);
    }

    /// <summary>Appends the slots of all regions of an id. O(regions).</summary>
    public void FindRegions(TId id, ICollection<int> into)
    {
        var whole = Find(new(id, 0));
        if (whole >= 0)
            into.Add(whole);
        if (!_regions.TryGetValue(id, out var unit))
            return;
        for (var next = unit + 1; next != 0; next = _entries[next - 1].NextRegion)
            into.Add(next - 1);
    }

    /// <summary>Fills a given slot. Only for a store that is being restored.</summary>
    public void Fill(int slot, in CandidateKey<TId> key, TPayload payload)
    {
        Reserve(slot + 1);
        _entries[slot] = new PoolEntry<TId> { Id = key.Id, Region = key.Region, Place = Count };
        _payloads[slot] = payload;
        _places[Count++] = slot;
        Link(slot, key);
    }

    /// <summary>Sets the free slots, in the order in which they will be reused. Only for a store that is being restored.</summary>
    public void RestoreFree(ReadOnlySpan<int> free)
    {
        for (var i = free.Length - 1; i >= 0; i--)
            _free.Push(free[i]);
    }

    private void Reserve(int slots)
    {
        if (slots <= _entries.Length)
            return;
        var room = Math.Max(Math.Max(16, slots), _entries.Length * 2);
        Array.Resize(ref _entries, room);
        Array.Resize(ref _payloads, room);
        Array.Resize(ref _places, room);
    }

    private void Link(int slot, in CandidateKey<TId> key)
    {
        _slots.Add(KeyHashTable<TId>.HashOf(key), slot);
        if (key.Region == 0)
            return;
        if (_regions.TryGetValue(key.Id, out var first))
        {
            _entries[slot].NextRegion = first + 1;
            _entries[first].PreviousRegion = slot + 1;
        }

        _regions[key.Id] = slot;
    }

    private void Unlink(int slot)
    {
        var key = KeyOf(slot);
        _slots.Remove(KeyHashTable<TId>.HashOf(key), slot);
        if (key.Region == 0)
            return;
        var (previous, next) = (_entries[slot].PreviousRegion, _entries[slot].NextRegion);
        if (next != 0)
            _entries[next - 1].PreviousRegion = previous;
        if (previous != 0)
            _entries[previous - 1].NextRegion = next;
        else if (next != 0)
            _regions[key.Id] = next - 1;
        else
            _regions.Remove(key.Id);
    }
}
