using HnmStreams.Mining.Randomness;

namespace HnmStreams.Mining.Pool;

/// <summary>
/// The pool as two indexed heaps over shared slots: the easiest on top of one (what must leave), the hardest on top of
/// the other (what is drawn). Ties: of residents the older is the easier; an offer must be harder than the easiest, an equal one is refused.
/// </summary>
/// <inheritdoc cref="IHardPool{TKey, TPayload}"/>
public sealed class HardPool<TKey, TPayload> : IHardPool<TKey, TPayload>
    where TKey : notnull
{
    private const int TriesPerUniformDraw = 4;

    private readonly PoolOptions _options;
    private readonly Action<TKey, TPayload>? _left;
    private readonly Dictionary<TKey, int> _slots = [];
    private readonly Stack<int> _free = new();
    private readonly SlotHeap _easiest;
    private readonly SlotHeap _hardest;
    private readonly List<int> _aside = [];
    private Slot[] _items = new Slot[16];
    private long _arrivals;
    private long _expiredUpTo;

    /// <param name="left">Told of each payload that leaves, whatever the reason.</param>
    public HardPool(PoolOptions options, Action<TKey, TPayload>? left = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_options, _left) = (options, left);
        _easiest = new SlotHeap((a, b) => Compare(a, b) < 0);
        _hardest = new SlotHeap((a, b) => Compare(a, b) > 0);
    }

    public int Count => _slots.Count;

    public long Bytes { get; private set; }

    public float Threshold => Count >= _options.Count && Count > 0 ? _items[_easiest.Top].Hardness : float.NegativeInfinity;

    public float Hardest => Count == 0 ? float.NaN : _items[_hardest.Top].Hardness;

    public bool WouldAccept(float hardness, int bytes)
    {
        if (!float.IsFinite(hardness) || bytes > _options.Bytes)
            return false;
        var full = Count >= _options.Count || Bytes + bytes > _options.Bytes;
        return !full || hardness > _items[_easiest.Top].Hardness;
    }

    public OfferOutcome Offer(TKey key, float hardness, long version, int bytes, TPayload payload)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        if (!float.IsFinite(hardness))
            return OfferOutcome.Refused;
        if (Update(key, hardness, version))
            return OfferOutcome.Resident;
        if (!WouldAccept(hardness, bytes) || !MakeRoom(hardness, bytes))
            return OfferOutcome.Refused;

        var slot = _free.TryPop(out var freed) ? freed : _slots.Count;
        if (slot >= _items.Length)
            Array.Resize(ref _items, _items.Length * 2);
        _items[slot] = new Slot { Key = key, Payload = payload, Hardness = hardness, Version = version, Bytes = bytes, Arrival = _arrivals++, NextStep = long.MinValue };
        _slots.Add(key, slot);
        Bytes += bytes;
        _easiest.Add(slot);
        _hardest.Add(slot);
        return OfferOutcome.Added;
    }

    public bool Update(TKey key, float hardness, long version)
    {
        if (!float.IsFinite(hardness) || !_slots.TryGetValue(key, out var slot))
            return false;
        _items[slot].Hardness = hardness;
        _items[slot].Version = version;
        _easiest.Moved(slot);
        _hardest.Moved(slot);
        return true;
    }

    public bool Remove(TKey key)
    {
        if (!_slots.TryGetValue(key, out var slot))
            return false;
        Release(slot);
        return true;
    }

    public bool TryGet(TKey key, out PoolItem<TKey, TPayload> item)
    {
        if (_slots.TryGetValue(key, out var slot))
        {
            item = ItemOf(slot);
            return true;
        }

        item = default;
        return false;
    }

    public void CopyHardest(int count, ICollection<PoolItem<TKey, TPayload>> into)
    {
        ArgumentNullException.ThrowIfNull(into);
        foreach (var slot in _hardest.FromTop().Take(count))
            into.Add(ItemOf(slot));
    }

    public void Draw(int count, DrawOrder order, long atStep, Xoshiro256StarStar generator, ICollection<PoolItem<TKey, TPayload>> into)
    {
        ArgumentNullException.ThrowIfNull(generator);
        ArgumentNullException.ThrowIfNull(into);
        if (order == DrawOrder.Hardest)
            DrawHardest(count, atStep, into);
        else
            DrawUniform(count, atStep, generator, into);
    }

    public void Expire(long currentVersion)
    {
        // A pass over all is paid for by the versions that went by since the last one.
        if (_options.MaximumAge == 0 || currentVersion - _expiredUpTo < Math.Max(1, _options.MaximumAge / 8))
            return;
        _expiredUpTo = currentVersion;
        for (var place = _easiest.Count - 1; place >= 0; place--)
        {
            if (currentVersion - _items[_easiest[place]].Version > _options.MaximumAge)
                _aside.Add(_easiest[place]);
        }

        foreach (var slot in _aside)
            Release(slot);
        _aside.Clear();
    }

    private void DrawHardest(int count, long atStep, ICollection<PoolItem<TKey, TPayload>> into)
    {
        var wanted = into.Count + count;
        while (into.Count < wanted && _hardest.Count > 0)
        {
            var slot = _hardest.Top;
            _hardest.Remove(slot);
            _aside.Add(slot);
            if (_items[slot].NextStep <= atStep)
                into.Add(Use(slot, atStep));
        }

        foreach (var slot in _aside)
        {
            _hardest.Add(slot);
            ReleaseWhenUsedUp(slot);
        }

        _aside.Clear();
    }

    private void DrawUniform(int count, long atStep, Xoshiro256StarStar generator, ICollection<PoolItem<TKey, TPayload>> into)
    {
        var wanted = into.Count + Math.Min(count, Count);
        for (var tries = (long)count * TriesPerUniformDraw; tries > 0 && into.Count < wanted; tries--)
        {
            var slot = _easiest[generator.NextInt32(Count)];
            // One that was drawn just now cools down for the rest of this step at least.
            if (_items[slot].NextStep > atStep)
                continue;
            into.Add(Use(slot, atStep));
            _aside.Add(slot);
        }

        foreach (var slot in _aside)
            ReleaseWhenUsedUp(slot);
        _aside.Clear();
    }

    private PoolItem<TKey, TPayload> Use(int slot, long step)
    {
        _items[slot].Uses++;
        _items[slot].NextStep = step + 1 + _options.CooldownSteps;
        return ItemOf(slot);
    }

    private void ReleaseWhenUsedUp(int slot)
    {
        if (_options.MaximumUses > 0 && _items[slot].Uses >= _options.MaximumUses)
            Release(slot);
    }

    // Everything that leaves is easier than what comes; where that is not enough room, nothing leaves.
    private bool MakeRoom(float hardness, int bytes)
    {
        var enough = true;
        var freed = 0L;
        while (Count - _aside.Count >= _options.Count || Bytes - freed + bytes > _options.Bytes)
        {
            if (_easiest.Count == 0 || _items[_easiest.Top].Hardness >= hardness)
            {
                enough = false;
                break;
            }

            var slot = _easiest.Top;
            _easiest.Remove(slot);
            _aside.Add(slot);
            freed += _items[slot].Bytes;
        }

        foreach (var slot in _aside)
        {
            _easiest.Add(slot);
            if (enough)
                Release(slot);
        }

        _aside.Clear();
        return enough;
    }

    private void Release(int slot)
    {
        var (key, payload) = (_items[slot].Key, _items[slot].Payload);
        _easiest.Remove(slot);
        _hardest.Remove(slot);
        _slots.Remove(key);
        Bytes -= _items[slot].Bytes;
        _items[slot] = default;
        _free.Push(slot);
        _left?.Invoke(key, payload);
    }

    private int Compare(int a, int b)
    {
        var byHardness = _items[a].Hardness.CompareTo(_items[b].Hardness);
        return byHardness != 0 ? byHardness : _items[a].Arrival.CompareTo(_items[b].Arrival);
    }

    private PoolItem<TKey, TPayload> ItemOf(int slot) => new(
        _items[slot].Key, _items[slot].Payload, _items[slot].Hardness, _items[slot].Version, _items[slot].Uses, _items[slot].Bytes);

    private struct Slot
    {
        public TKey Key;
        public TPayload Payload;
        public float Hardness;
        public long Version;
        public int Uses;
        public int Bytes;
        public long Arrival;
        public long NextStep;
    }
}
