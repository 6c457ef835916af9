using System.Diagnostics.CodeAnalysis;

namespace HnmStreams.Mining.Pool;

/// <summary>
/// The residents in their slots, found by key, by id with all units, and by a place in no order. Knows nothing of
/// hardness. A slot that was freed last is filled first.
/// </summary>
/// <remarks>One owner, one thread. Everything O(1) expected; growing is amortised.</remarks>
internal sealed class ResidentStore<TId, TPayload>
    where TId : struct, IEquatable<TId>
{
    private readonly KeyTable<TId> _slots;
    private readonly Stack<int> _free = new();

    // Ids that have units other than 0: the slot of one of them, where the chain through the others begins.
    private readonly Dictionary<TId, int> _units = [];
    private Resident<TId>[] _residents;
    private TPayload[] _payloads;
    private int[] _places;

    public ResidentStore(int expected)
    {
        _slots = new KeyTable<TId>(expected);
        (_residents, _payloads, _places) = (new Resident<TId>[expected], new TPayload[expected], new int[expected]);
    }

    public int Count { get; private set; }

    /// <summary>One above the highest slot that was ever filled.</summary>
    public int HighWater => Count + _free.Count;

    /// <summary>By slot; its length is room, not residents.</summary>
    [SuppressMessage("Performance", "CA1819", Justification = "Internal, and a copy for each access is what it avoids.")]
    public Resident<TId>[] Residents => _residents;

    public ref Resident<TId> this[int slot] => ref _residents[slot];

    public ReadOnlySpan<int> Places => _places.AsSpan(0, Count);

    public ReadOnlySpan<TPayload> Payloads => _payloads;

    /// <summary>The slot of a key, or -1.</summary>
    public int Find(in CandidateKey<TId> key) => _slots.Find(key, KeyTable<TId>.HashOf(key), _residents);

    /// <inheritdoc cref="IHardPool{TId, TPayload}.Prefetch"/>
    public void Prefetch(ReadOnlySpan<CandidateKey<TId>> keys)
    {
        foreach (ref readonly var key in keys)
            _slots.Prefetch(KeyTable<TId>.HashOf(key));
        foreach (ref readonly var key in keys)
            _slots.PrefetchResident(KeyTable<TId>.HashOf(key), _residents);
    }

    public CandidateKey<TId> KeyOf(int slot) => new(_residents[slot].Id, _residents[slot].Unit);

    /// <summary>Free slots, in the order in which they will be filled.</summary>
    public int[] CopyFree() => [.. _free];

    /// <summary>A slot for a key that is not there; whatever is not given here is zero.</summary>
    public int Add(in CandidateKey<TId> key, TPayload payload)
    {
        if (!_free.TryPop(out var slot))
            slot = Count;
        Fill(slot, key, payload);
        return slot;
    }

    /// <summary>Puts another key where one was: cheaper than removing and adding.</summary>
    public void Replace(int slot, in CandidateKey<TId> key, TPayload payload)
    {
        var place = _residents[slot].Place;
        Unlink(slot);
        _residents[slot] = new Resident<TId> { Id = key.Id, Unit = key.Unit, Place = place };
        _payloads[slot] = payload;
        Link(slot, key);
    }

    public void Remove(int slot)
    {
        Unlink(slot);
        var (place, last) = (_residents[slot].Place, _places[--Count]);
        _places[place] = last;
        _residents[last].Place = place;
        _residents[slot] = default;
        _payloads[slot] = default!;
        _free.Push(slot);
    }

    /// <summary>Appends the slots of all units of an id. O(units).</summary>
    public void FindUnits(TId id, ICollection<int> into)
    {
        var whole = Find(new(id, 0));
        if (whole >= 0)
            into.Add(whole);
        if (!_units.TryGetValue(id, out var unit))
            return;
        for (var next = unit + 1; next != 0; next = _residents[next - 1].NextUnit)
            into.Add(next - 1);
    }

    /// <summary>Only for an empty store that is being restored: fills this very slot.</summary>
    public void Fill(int slot, in CandidateKey<TId> key, TPayload payload)
    {
        Reserve(slot + 1);
        _residents[slot] = new Resident<TId> { Id = key.Id, Unit = key.Unit, Place = Count };
        _payloads[slot] = payload;
        _places[Count++] = slot;
        Link(slot, key);
    }

    /// <summary>Only for a store that is being restored: which slots are free, in the order in which they will be filled.</summary>
    public void RestoreFree(ReadOnlySpan<int> free)
    {
        for (var i = free.Length - 1; i >= 0; i--)
            _free.Push(free[i]);
    }

    private void Reserve(int slots)
    {
        if (slots <= _residents.Length)
            return;
        var room = Math.Max(Math.Max(16, slots), _residents.Length * 2);
        Array.Resize(ref _residents, room);
        Array.Resize(ref _payloads, room);
        Array.Resize(ref _places, room);
    }

    private void Link(int slot, in CandidateKey<TId> key)
    {
        _slots.Add(KeyTable<TId>.HashOf(key), slot);
        if (key.Unit == 0)
            return;
        if (_units.TryGetValue(key.Id, out var first))
        {
            _residents[slot].NextUnit = first + 1;
            _residents[first].PreviousUnit = slot + 1;
        }

        _units[key.Id] = slot;
    }

    private void Unlink(int slot)
    {
        var key = KeyOf(slot);
        _slots.Remove(KeyTable<TId>.HashOf(key), slot);
        if (key.Unit == 0)
            return;
        var (previous, next) = (_residents[slot].PreviousUnit, _residents[slot].NextUnit);
        if (next != 0)
            _residents[next - 1].PreviousUnit = previous;
        if (previous != 0)
            _residents[previous - 1].NextUnit = next;
        else if (next != 0)
            _units[key.Id] = next - 1;
        else
            _units.Remove(key.Id);
    }
}
