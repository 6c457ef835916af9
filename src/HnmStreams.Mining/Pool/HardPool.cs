using System.Numerics;
using System.Runtime.CompilerServices;
using HnmStreams.Mining.Persistence;
using HnmStreams.Mining.Randomness;
using HnmStreams.Mining.Sampling;

namespace HnmStreams.Mining.Pool;

/// <summary>
/// The pool as slots, a table of keys, and one counted order of packed priorities: the easiest at one end (what must
/// leave), the hardest at the other, every rank between them in O(log n). Of equally hard ones the lower slot counts as
/// the easier: arbitrary, but the same in every run.
/// </summary>
/// <inheritdoc cref="IHardPool{TId, TPayload}"/>
public sealed class HardPool<TId, TPayload> : IHardPool<TId, TPayload>
    where TId : struct, IEquatable<TId>
{
    // What is set aside at once, however large the bound: beyond it the pool grows as it fills.
    private const int ReservedAtMost = 1 << 20;

    private readonly PoolOptions _options;
    private readonly ISampler _sampler;
    private readonly Action<CandidateKey<TId>, TPayload>? _left;
    private readonly ResidentStore<TId, TPayload> _store;
    private readonly OrderTree _order;
    private readonly GroupOrders? _groups;
    private readonly SlotView _view;
    private readonly List<Draw> _draws = [];
    private readonly List<int> _aside = [];
    private readonly SnapshotBuffers<TId, TPayload> _buffers = new();
    private PriorityScale _scale;
    // Priority that every newcomer must exceed, whatever its group and bytes.
    private float _floor = float.NegativeInfinity;
    private long _newestVersion;
    private long _expiredUpTo;

    /// <param name="sampler">What is drawn; this pool's own.</param>
    /// <param name="left">Told of each payload that leaves, whatever the reason, while its slot can still be looked up; must not change the pool.</param>
    public HardPool(PoolOptions options, ISampler sampler, Action<CandidateKey<TId>, TPayload>? left = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(sampler);
        (_options, _sampler, _left) = (options, sampler, left);
        MaximumUses = options.MaximumUses;
        var expected = Math.Min(options.Count, ReservedAtMost);
        _store = new ResidentStore<TId, TPayload>(expected);
        _order = new OrderTree(expected);
        _groups = options.GroupShare < 1 ? new GroupOrders((int)Math.Max(1, options.Count * options.GroupShare)) : null;
        _scale = new PriorityScale(options.HalfLife);
        _view = new SlotView(this);
    }

    public int Count => _store.Count;

    public long Bytes { get; private set; }

    public int MaximumUses { get; set; }

    public float Threshold => Count >= _options.Count && Count > 0
        ? _scale.HardnessAt(OrderKey.PriorityOf(_order.Smallest), _newestVersion)
        : float.NegativeInfinity;

    public bool TryPeekEasiest(out PoolItem<TId, TPayload> item)
    {
        item = Count == 0 ? default : ItemOf(OrderKey.SlotOf(_order.Smallest));
        return Count > 0;
    }

    public bool TryPeekHardest(out PoolItem<TId, TPayload> item)
    {
        item = Count == 0 ? default : ItemOf(OrderKey.SlotOf(_order.Largest));
        return Count > 0;
    }

    public bool WouldAccept(float hardness, long version, int bytes, int group = 0)
    {
        if (!float.IsFinite(hardness) || bytes > _options.Bytes)
            return false;
        var priority = _scale.Of(hardness, version);
        if (_groups is not null && _groups.IsFull(group, out var easiest))
            return Exceeds(priority, easiest);
        return HasRoom(bytes) || Exceeds(priority, _order.Smallest);
    }

    // The common case, short enough to be inlined: no resident, and no harder than the easiest of a full pool. NaN is not harder either.
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
            return OfferOutcome.Resident;
        }

        return WouldAccept(hardness, version, bytes, group) ? Enter(key, hardness, version, bytes, payload, group) : OfferOutcome.Refused;
    }

    private OfferOutcome Enter(in CandidateKey<TId> key, float hardness, long version, int bytes, TPayload payload, int group)
    {
        Reach(version);
        var slot = Admit(key, _scale.Of(hardness, version), bytes, payload, group);
        if (slot < 0)
            return OfferOutcome.Refused;
        ref var resident = ref _store[slot];
        (resident.Hardness, resident.Version, resident.Bytes, resident.Group, resident.NextStep) = (hardness, version, bytes, group, long.MinValue);
        resident.Order = OrderKey.Of(_scale.Of(hardness, version), slot);
        Bytes += bytes;
        _order.Add(resident.Order);
        _groups?.Add(group, resident.Order);
        _sampler.Observe(slot, hardness);
        SetFloor();
        return OfferOutcome.Added;
    }

    public void Prefetch(ReadOnlySpan<CandidateKey<TId>> keys) => _store.Prefetch(keys);

    public int Screen(ReadOnlySpan<float> hardness, long version, Span<int> indices)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(indices.Length, hardness.Length, nameof(indices));
        var floor = _floor > float.NegativeInfinity ? _scale.HardnessAt(_floor, version) : float.MinValue;
        var (found, place) = (0, 0);
        var bound = new Vector<float>(floor);
        for (; place <= hardness.Length - Vector<float>.Count; place += Vector<float>.Count)
        {
            // Nearly always nothing here is hard enough, and one comparison says so.
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

    public bool Update(CandidateKey<TId> key, float hardness, long version)
    {
        if (!float.IsFinite(hardness))
            return false;
        var slot = _store.Find(key);
        if (slot >= 0)
            Move(slot, hardness, version);
        return slot >= 0;
    }

    public bool Remove(CandidateKey<TId> key)
    {
        var slot = _store.Find(key);
        if (slot >= 0)
            Release(slot);
        return slot >= 0;
    }

    public int RemoveAll(TId id)
    {
        _aside.Clear();
        _store.FindUnits(id, _aside);
        // In the order of slots, since that in which they were chained is not part of a saved state.
        _aside.Sort();
        return ReleaseAside();
    }

    public bool TryGet(CandidateKey<TId> key, out PoolItem<TId, TPayload> item)
    {
        var slot = _store.Find(key);
        item = slot >= 0 ? ItemOf(slot) : default;
        return slot >= 0;
    }

    /// <summary>The slot of a resident, its own while it stays: for what is kept beside the pool, by slot. O(1).</summary>
    public bool TryGetSlot(CandidateKey<TId> key, out int slot)
    {
        slot = _store.Find(key);
        return slot >= 0;
    }

    /// <summary>All slots are below it.</summary>
    internal int SlotBound => _store.HighWater;

    public void CopyHardest(int count, ICollection<PoolItem<TId, TPayload>> into)
    {
        ArgumentNullException.ThrowIfNull(into);
        for (var rank = Count - 1; rank >= Math.Max(0, Count - count); rank--)
            into.Add(ItemOf(OrderKey.SlotOf(_order[rank])));
    }

    public void Draw(int count, long atStep, Xoshiro256StarStar generator, ICollection<DrawnItem<TId, TPayload>> into)
    {
        ArgumentNullException.ThrowIfNull(generator);
        ArgumentNullException.ThrowIfNull(into);
        _draws.Clear();
        _aside.Clear();
        _sampler.Draw(count, AsSlots(atStep), generator, _draws);
        foreach (var draw in _draws)
        {
            ref var resident = ref _store[draw.Slot];
            var isFirst = resident.NextStep <= atStep;
            resident.Uses++;
            resident.NextStep = atStep + 1 + _options.CooldownSteps;
            into.Add(new DrawnItem<TId, TPayload>(ItemOf(draw.Slot), draw.Slot, draw.Weight));
            // Where a sampler gives one twice, it leaves once; where the bound was lowered meanwhile, some are beyond it.
            if (resident.Uses == MaximumUses || (isFirst && MaximumUses > 0 && resident.Uses > MaximumUses))
                _aside.Add(draw.Slot);
        }

        ReleaseAside();
    }

    /// <summary>The residents as a sampler sees them at a step; one view, until the next call. O(1).</summary>
    public IRankedSlots AsSlots(long atStep)
    {
        _view.Step = atStep;
        return _view;
    }

    public void Expire(long currentVersion)
    {
        Reach(currentVersion);
        // A pass over all is paid for by the versions that went by since the last one.
        if (_options.MaximumAge == 0 || currentVersion - _expiredUpTo < Math.Max(1, _options.MaximumAge / 8))
            return;
        _expiredUpTo = currentVersion;
        _aside.Clear();
        foreach (var slot in _store.Places)
        {
            if (currentVersion - _store[slot].Version > _options.MaximumAge)
                _aside.Add(slot);
        }

        ReleaseAside();
    }

    public PoolSnapshot<TId, TPayload> Snapshot()
    {
        var sampler = new StateWriter();
        _sampler.Save(sampler);
        return new PoolSnapshot<TId, TPayload>(
            _buffers, _store, new PoolMarks(_scale.Base, _newestVersion, _expiredUpTo, Bytes), sampler.Written);
    }

    /// <summary>Only for a new pool.</summary>
    internal void Load(StateReader reader, IStateCodec<TId> ids, IStateCodec<TPayload> payloads)
    {
        var marks = PoolSnapshot<TId, TPayload>.ReadInto(_store, reader, ids, payloads);
        (_newestVersion, _expiredUpTo, Bytes) = (marks.NewestVersion, marks.ExpiredUpTo, marks.Bytes);
        _scale = PriorityScale.Restore(_options.HalfLife, marks.ScaleBase);
        _scale.Rebase(marks.NewestVersion);
        Rank();
        foreach (var slot in _store.Places)
            _sampler.Observe(slot, _store[slot].Hardness);
        _sampler.Restore(reader);
        Shrink();
    }

    private static bool Exceeds(float priority, long easiest) => priority > OrderKey.PriorityOf(easiest);

    private bool HasRoom(int bytes) => Count < _options.Count && Bytes + bytes <= _options.Bytes;

    // A slot for the newcomer, or -1 where one that would have to leave is as hard. Where there is not enough room, nothing leaves.
    private int Admit(in CandidateKey<TId> key, float priority, int bytes, TPayload payload, int group)
    {
        if (_groups is null && HasRoom(bytes))
            return _store.Add(key, payload);
        _aside.Clear();
        var (count, total) = (Count, Bytes + bytes);
        if (_groups is not null && _groups.IsFull(group, out var groupEasiest))
            SetAside(OrderKey.SlotOf(groupEasiest), ref count, ref total);
        for (var rank = 0; count >= _options.Count || total > _options.Bytes; rank++)
        {
            if (rank == Count || !Exceeds(priority, rank == 0 ? _order.Smallest : _order[rank]))
                return -1;
            var slot = OrderKey.SlotOf(rank == 0 ? _order.Smallest : _order[rank]);
            if (_aside.Count == 0 || slot != _aside[0])
                SetAside(slot, ref count, ref total);
        }

        if (_aside.Count == 0)
            return _store.Add(key, payload);

        // The first that leaves makes place for the newcomer in its own slot.
        var reused = _aside[0];
        _left?.Invoke(_store.KeyOf(reused), _store.Payloads[reused]);
        Retire(reused);
        _store.Replace(reused, key, payload);
        if (_aside.Count == 1)
            return reused;
        _aside.RemoveAt(0);
        ReleaseAside();
        return reused;
    }

    private void SetAside(int slot, ref int count, ref long bytes)
    {
        _aside.Add(slot);
        count--;
        bytes -= _store[slot].Bytes;
    }

    private void Move(int slot, float hardness, long version)
    {
        Reach(version);
        ref var resident = ref _store[slot];
        var order = OrderKey.Of(_scale.Of(hardness, version), slot);
        if (order != resident.Order)
        {
            _order.Replace(resident.Order, order);
            _groups?.Replace(resident.Group, resident.Order, order);
        }

        (resident.Hardness, resident.Version, resident.Order) = (hardness, version, order);
        _sampler.Observe(slot, hardness);
        SetFloor();
    }

    private int ReleaseAside()
    {
        foreach (var slot in _aside)
            Release(slot);
        return _aside.Count;
    }

    private void Release(int slot)
    {
        _left?.Invoke(_store.KeyOf(slot), _store.Payloads[slot]);
        Retire(slot);
        _store.Remove(slot);
        SetFloor();
    }

    // Out of everything but its slot.
    private void Retire(int slot)
    {
        ref var resident = ref _store[slot];
        _order.Remove(resident.Order);
        _groups?.Remove(resident.Group, resident.Order);
        _sampler.Forget(slot);
        Bytes -= resident.Bytes;
    }

    private void SetFloor() => _floor = Count >= _options.Count && _order.Count > 0 && _groups is null ? OrderKey.PriorityOf(_order.Smallest) : float.NegativeInfinity;

    private void Reach(long version)
    {
        if (version <= _newestVersion)
            return;
        _newestVersion = version;
        if (_scale.Rebase(version))
            Rank();
    }

    // Every priority anew, and the order from them.
    private void Rank()
    {
        _order.Clear();
        _groups?.Clear();
        foreach (var slot in _store.Places)
        {
            ref var resident = ref _store[slot];
            resident.Order = OrderKey.Of(_scale.Of(resident.Hardness, resident.Version), slot);
            _order.Add(resident.Order);
            _groups?.Add(resident.Group, resident.Order);
        }

        SetFloor();
    }

    private void Shrink()
    {
        while (Count > _options.Count || Bytes > _options.Bytes)
            Release(OrderKey.SlotOf(_order.Smallest));
        while (_groups is not null && _groups.TryFindExcess(out var easiest))
            Release(OrderKey.SlotOf(easiest));
    }

    private PoolItem<TId, TPayload> ItemOf(int slot)
    {
        ref var resident = ref _store[slot];
        return new(new(resident.Id, resident.Unit), _store.Payloads[slot], resident.Hardness, resident.Version, resident.Uses, resident.Bytes);
    }

    private sealed class SlotView(HardPool<TId, TPayload> pool) : IRankedSlots
    {
        public long Step { get; set; }

        public int Count => pool.Count;

        public int SlotAtRank(int rank) => OrderKey.SlotOf(pool._order[pool.Count - 1 - rank]);

        public int RankOf(int slot) => pool.Count - 1 - pool._order.RankOf(pool._store[slot].Order);

        public int SlotAt(int place) => pool._store.Places[place];

        public float HardnessOf(int slot) => pool._store[slot].Hardness;

        public bool MayBeDrawn(int slot) => pool._store[slot].NextStep <= Step;
    }
}
