using System.Numerics;
using System.Runtime.CompilerServices;
using HnmStreams.Mining.Persistence;
using HnmStreams.Mining.Pool.Ordering;
using HnmStreams.Mining.Sampling;

namespace HnmStreams.Mining.Pool;

/// <summary>
/// A bounded pool of the hardest candidates: slots, a hash table of keys, and an order-statistic tree of priorities. The easiest candidate
/// (the next to be evicted), the hardest, and every rank between them are found in O(log n). Ties are broken by slot, the lower slot
/// counting as the easier, so that every run gives the same result.
/// </summary>
/// <inheritdoc cref="IHardPool{TId, TPayload}"/>
public sealed partial class HardPool<TId, TPayload> : IHardPool<TId, TPayload>
    where TId : struct, IEquatable<TId>
{
    // Memory for at most this many candidates is reserved up front; a larger pool grows as it fills.
    private const int MaxPreallocatedCount = 1 << 20;

    private readonly PoolOptions _options;
    private readonly ISampler _sampler;
    private readonly Action<CandidateKey<TId>, TPayload>? _onRemoved;
    private readonly EntryStore<TId, TPayload> _store;
    private readonly OrderStatisticTree _order;
    private readonly GroupRankings? _groups;
    private readonly SlotView _view;
    private readonly List<Draw> _draws = [];
    private readonly List<int> _marked = [];
    private readonly SnapshotBuffers<TId, TPayload> _buffers = new();
    private PriorityScale _scale;
    private int _maxCount;
    // Priority that every new candidate must exceed, whatever its group and size in bytes.
    private float _floor = float.NegativeInfinity;
    private long _newestVersion;
    private long _expiredUpTo;

    /// <summary>Creates an empty pool.</summary>
    /// <param name="options">Bounds of the pool.</param>
    /// <param name="sampler">The sampler that the pool draws with. The pool owns it.</param>
    /// <param name="onRemoved">Called for each payload that leaves the pool, for any reason, while its slot can still be looked up. It must
    /// not change the pool.</param>
    public HardPool(PoolOptions options, ISampler sampler, Action<CandidateKey<TId>, TPayload>? onRemoved = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(sampler);
        (_options, _sampler, _onRemoved) = (options, sampler, onRemoved);
        MaxUses = options.MaxUses;
        _maxCount = options.Count;
        var expected = Math.Min(options.Count, MaxPreallocatedCount);
        _store = new EntryStore<TId, TPayload>(expected);
        _order = new OrderStatisticTree(expected);
        _groups = options.GroupShare < 1 ? new GroupRankings(GroupLimit(options.Count)) : null;
        _scale = new PriorityScale(options.HalfLife);
        _view = new SlotView(this);
    }

    /// <inheritdoc/>
    public int Count => _store.Count;

    /// <inheritdoc/>
    public long Bytes { get; private set; }

    /// <inheritdoc/>
    public int MaxUses { get; set; }

    /// <inheritdoc/>
    public int MaxCount
    {
        get => _maxCount;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, _options.Count);
            if (value == _maxCount)
                return;
            _maxCount = value;
            if (_groups is not null)
                _groups.Limit = GroupLimit(value);
            EvictExcess();
            UpdateFloor();
        }
    }

    /// <inheritdoc/>
    public float Threshold => Count >= _maxCount && Count > 0
        ? _scale.HardnessAt(PriorityKey.PriorityOf(_order.Smallest), _newestVersion)
        : float.NegativeInfinity;

    /// <inheritdoc/>
    public bool TryPeekEasiest(out PoolItem<TId, TPayload> item)
    {
        item = Count == 0 ? default : ItemOf(PriorityKey.SlotOf(_order.Smallest));
        return Count > 0;
    }

    /// <inheritdoc/>
    public bool TryPeekHardest(out PoolItem<TId, TPayload> item)
    {
        item = Count == 0 ? default : ItemOf(PriorityKey.SlotOf(_order.Largest));
        return Count > 0;
    }

    /// <inheritdoc/>
    public int CountEasier(float hardness, long version) => _order.RankOf(PriorityKey.Of(_scale.Of(hardness, version), 0));

    /// <inheritdoc/>
    public bool WouldAccept(float hardness, long version, int bytes, int group = 0)
    {
        if (!float.IsFinite(hardness) || bytes > _options.Bytes)
            return false;
        var priority = _scale.Of(hardness, version);
        if (_groups is not null && _groups.IsFull(group, out var easiest))
            return Exceeds(priority, easiest);
        return HasRoom(bytes) || Exceeds(priority, _order.Smallest);
    }

    /// <inheritdoc/>
    // The common case, kept short so that it is inlined: a new key that is no harder than the easiest candidate of a full pool. NaN is not
    // harder either.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public OfferOutcome Offer(CandidateKey<TId> key, float hardness, long version, int bytes, TPayload payload, int group = 0)
    {
        var slot = _store.Find(key);
        return slot < 0 && !(_scale.Of(hardness, version) > _floor)
            ? OfferOutcome.Refused
            : OfferAt(slot, key, hardness, version, bytes, payload, group);
    }

    private OfferOutcome OfferAt(int slot, in CandidateKey<TId> key, float hardness, long version, int bytes, TPayload payload, int group)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        if (!float.IsFinite(hardness))
            return OfferOutcome.Refused;
        if (slot >= 0)
        {
            Move(slot, hardness, version);
            return OfferOutcome.Updated;
        }

        return WouldAccept(hardness, version, bytes, group) ? Enter(key, hardness, version, bytes, payload, group) : OfferOutcome.Refused;
    }

    private OfferOutcome Enter(in CandidateKey<TId> key, float hardness, long version, int bytes, TPayload payload, int group)
    {
        AdvanceVersion(version);
        var slot = Admit(key, _scale.Of(hardness, version), bytes, payload, group);
        if (slot < 0)
            return OfferOutcome.Refused;
        ref var entry = ref _store[slot];
        (entry.Hardness, entry.Version, entry.Bytes, entry.Group, entry.NextStep) = (hardness, version, bytes, group, long.MinValue);
        entry.Order = PriorityKey.Of(_scale.Of(hardness, version), slot);
        Bytes += bytes;
        _order.Add(entry.Order);
        _groups?.Add(group, entry.Order);
        _sampler.Observe(slot, hardness);
        UpdateFloor();
        return OfferOutcome.Added;
    }

    /// <inheritdoc/>
    public void Prefetch(ReadOnlySpan<CandidateKey<TId>> keys) => _store.Prefetch(keys);

    /// <inheritdoc/>
    public int Screen(ReadOnlySpan<float> hardness, long version, Span<int> indices)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(indices.Length, hardness.Length, nameof(indices));
        var floor = _floor > float.NegativeInfinity ? _scale.HardnessAt(_floor, version) : float.MinValue;
        var (found, place) = (0, 0);
        var bound = new Vector<float>(floor);
        for (; place <= hardness.Length - Vector<float>.Count; place += Vector<float>.Count)
        {
            // Most vectors hold nothing hard enough, which one comparison shows.
            if (!Vector.GreaterThanOrEqualAny(new Vector<float>(hardness[place..]), bound))
                continue;
            for (var i = place; i < place + Vector<float>.Count; i++)
            {
                if (hardness[i] >= floor)
                    indices[found++] = i;
            }
        }

        for (; place < hardness.Length; place++)
        {
            if (hardness[place] >= floor)
                indices[found++] = place;
        }

        return found;
    }

    /// <inheritdoc/>
    public bool Update(CandidateKey<TId> key, float hardness, long version)
    {
        if (!float.IsFinite(hardness))
            return false;
        var slot = _store.Find(key);
        if (slot >= 0)
            Move(slot, hardness, version);
        return slot >= 0;
    }

    /// <inheritdoc/>
    public bool Remove(CandidateKey<TId> key)
    {
        var slot = _store.Find(key);
        if (slot >= 0)
            RemoveSlot(slot);
        return slot >= 0;
    }

    /// <inheritdoc/>
    public int RemoveAll(TId id)
    {
        _marked.Clear();
        _store.FindRegions(id, _marked);
        // Sorted by slot, because the order of the linked list is not part of a saved state.
        _marked.Sort();
        return RemoveMarked();
    }

    /// <inheritdoc/>
    public bool TryGet(CandidateKey<TId> key, out PoolItem<TId, TPayload> item)
    {
        var slot = _store.Find(key);
        item = slot >= 0 ? ItemOf(slot) : default;
        return slot >= 0;
    }

    /// <summary>
    /// Finds the slot of a candidate. The slot does not change while the candidate is in the pool, so data can be kept beside the pool by
    /// slot. O(1).
    /// </summary>
    public bool TryGetSlot(CandidateKey<TId> key, out int slot)
    {
        slot = _store.Find(key);
        return slot >= 0;
    }

    /// <summary>Returns true if a group has its share of the pool.</summary>
    internal bool IsGroupFull(int group) => _groups is not null && _groups.IsFull(group, out _);

    /// <summary>An exclusive upper bound of all slots in use.</summary>
    internal int SlotBound => _store.SlotBound;

    /// <inheritdoc/>
    public void CopyHardest(int count, ICollection<PoolItem<TId, TPayload>> into)
    {
        ArgumentNullException.ThrowIfNull(into);
        for (var rank = Count - 1; rank >= Math.Max(0, Count - count); rank--)
            into.Add(ItemOf(PriorityKey.SlotOf(_order[rank])));
    }

    /// <inheritdoc/>
    public void CopyScoredBefore(long version, ICollection<PoolItem<TId, TPayload>> into)
    {
        ArgumentNullException.ThrowIfNull(into);
        foreach (var slot in _store.Places)
        {
            if (_store[slot].Version < version)
                into.Add(ItemOf(slot));
        }
    }

    /// <inheritdoc/>
    public void Expire(long currentVersion)
    {
        AdvanceVersion(currentVersion);
        // A full scan is amortized over the versions since the last one.
        if (_options.MaxAge == 0 || currentVersion - _expiredUpTo < Math.Max(1, _options.MaxAge / 8))
            return;
        _expiredUpTo = currentVersion;
        _marked.Clear();
        foreach (var slot in _store.Places)
        {
            if (currentVersion - _store[slot].Version > _options.MaxAge)
                _marked.Add(slot);
        }

        RemoveMarked();
    }

    /// <inheritdoc/>
    public PoolSnapshot<TId, TPayload> Snapshot()
    {
        var sampler = new StateWriter();
        _sampler.Save(sampler);
        return new PoolSnapshot<TId, TPayload>(
            _buffers, _store, new PoolMarks(_scale.Base, _newestVersion, _expiredUpTo, Bytes), sampler.Written);
    }

    /// <summary>Restores a saved state into a new pool.</summary>
    internal void Load(StateReader reader, IStateCodec<TId> ids, IStateCodec<TPayload> payloads)
    {
        var marks = PoolSnapshot<TId, TPayload>.ReadInto(_store, reader, ids, payloads);
        (_newestVersion, _expiredUpTo, Bytes) = (marks.NewestVersion, marks.ExpiredUpTo, marks.Bytes);
        _scale = PriorityScale.Restore(_options.HalfLife, marks.ScaleBase);
        _scale.Rebase(marks.NewestVersion);
        RebuildOrder();
        foreach (var slot in _store.Places)
            _sampler.Observe(slot, _store[slot].Hardness);
        _sampler.Restore(reader);
        EvictExcess();
    }

    private PoolItem<TId, TPayload> ItemOf(int slot)
    {
        ref var entry = ref _store[slot];
        return new(new(entry.Id, entry.Region), _store.Payloads[slot], entry.Hardness, entry.Version, entry.Uses, entry.Bytes);
    }
}
