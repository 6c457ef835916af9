using HnmStreams.Mining.Persistence;
using HnmStreams.Mining.Pool;
using HnmStreams.Mining.Randomness;
using HnmStreams.Mining.Sampling;
using HnmStreams.Mining.Windows;

namespace HnmStreams.Mining.Retention;

/// <summary>
/// A pool with the guards before it and beside it: a band of hardness and near-duplicates keep candidates out; a
/// resident whose loss stays among the hardest over many visits is set aside in a quarantine. What is set aside or
/// confirmed to be wrongly labelled does not enter.
/// </summary>
/// <remarks>One owner, one thread. Costs what the pool costs, O(log history) for each guard that is on, and 40 bytes a slot where labels are suspected.</remarks>
public sealed class GuardedPool<TId, TPayload>
    where TId : struct, IEquatable<TId>
{
    private const string Structure = "guards";

    // Losses of visits that a suspect is compared with.
    private const int RecentVisits = 4_096;

    private readonly RetentionOptions _options;
    private readonly HardPool<TId, TPayload> _pool;
    private readonly Action<CandidateKey<TId>, TPayload>? _left;
    private readonly Action<Suspect<CandidateKey<TId>, TPayload>>? _setAside;
    private readonly HardnessBand _band;
    private readonly NearDuplicateIndex<CandidateKey<TId>>? _duplicates;
    private readonly RecentHardness _visited = new(RecentVisits);

    // Of candidates that left: who comes again goes on where it was.
    private readonly BoundedMemory<CandidateKey<TId>, LossHistory> _departed;
    private LossHistory[] _histories = [];
    private CandidateKey<TId>? _movedAside;

    /// <param name="left">Told of each payload that leaves pool or quarantine for good.</param>
    /// <param name="setAside">Told of each resident that goes over into the quarantine.</param>
    public GuardedPool(
        PoolOptions pool,
        RetentionOptions options,
        ISampler sampler,
        Action<CandidateKey<TId>, TPayload>? left = null,
        Action<Suspect<CandidateKey<TId>, TPayload>>? setAside = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_options, _left, _setAside) = (options, left, setAside);
        _pool = new HardPool<TId, TPayload>(pool, sampler, OnLeft);
        _band = new HardnessBand(options.Band);
        _departed = new(options.LabelNoise.RememberedVisits);
        _duplicates = options.DuplicateDistance < 0 ? null : new(options.DuplicateDistance);
        Quarantine = new Quarantine<CandidateKey<TId>, TPayload>(options.LabelNoise, left);
    }

    /// <summary>To be read and drawn from; offers and updates go through the guards.</summary>
    public IHardPool<TId, TPayload> Pool => _pool;

    public Quarantine<CandidateKey<TId>, TPayload> Quarantine { get; }

    /// <summary>Whether <see cref="Offer"/> looks at signatures: they need not be computed where not.</summary>
    public bool WantsSignatures => _duplicates is not null;

    private bool Suspects => _options.LabelNoise.MinimumVisits > 0;

    /// <summary>Every scored candidate, before it is offered: the band's percentiles are of all that were seen.</summary>
    public void Observe(float hardness) => _band.Observe(hardness);

    /// <inheritdoc cref="IHardPool{TId, TPayload}.WouldAccept"/>
    public bool WouldAccept(CandidateKey<TId> key, float hardness, long version, int bytes, int group = 0) =>
        _pool.WouldAccept(hardness, version, bytes, group) && _band.Admits(hardness) && !Quarantine.Holds(key) && !Quarantine.IsConfirmed(key);

    /// <summary>As the pool's own; refused also where a guard says so.</summary>
    /// <param name="signature">Of the content or of the embedding, where <see cref="WantsSignatures"/>.</param>
    /// <inheritdoc cref="IHardPool{TId, TPayload}.Offer"/>
    public OfferOutcome Offer(CandidateKey<TId> key, float hardness, long version, int bytes, TPayload payload, int group = 0, ulong signature = 0)
    {
        if (Visit(key, hardness, version))
            return OfferOutcome.Resident;
        if (!WouldAccept(key, hardness, version, bytes, group))
            return OfferOutcome.Refused;
        if (_duplicates is not null && _duplicates.TryFindNear(signature, out _))
            return OfferOutcome.Refused;
        var outcome = _pool.Offer(key, hardness, version, bytes, payload, group);
        if (outcome != OfferOutcome.Added)
            return outcome;
        _duplicates?.Add(key, signature);
        Begin(key, hardness);
        return outcome;
    }

    /// <summary>A resident was scored again or trained on: it moves, and may become a suspect. False for a stranger.</summary>
    public bool Visit(CandidateKey<TId> key, float hardness, long version)
    {
        if (!_pool.Update(key, hardness, version))
            return false;
        if (!Suspects)
            return true;
        _visited.Observe(hardness);
        _pool.TryGetSlot(key, out var slot);
        _histories[slot].Add(hardness);
        if (LabelNoiseRule.Judge(_histories[slot], _visited, _options.LabelNoise) is { } reason && !Quarantine.IsReleased(key))
            SetAside(key, slot, version, reason);
        return true;
    }

    /// <summary>One that has left was trained on: a candidate's last use is heard of when it is gone. Nothing where it is not remembered. O(1).</summary>
    public void VisitDeparted(CandidateKey<TId> key, float hardness)
    {
        if (!_departed.TryGet(key, out var losses))
            return;
        losses.Add(hardness);
        _departed.Put(key, losses);
    }

    /// <summary>Removes all units of an example from the pool, and what is remembered of its first unit. O(units log n).</summary>
    public int RemoveAll(TId id)
    {
        var removed = _pool.RemoveAll(id);
        _departed.Remove(new CandidateKey<TId>(id, 0));
        return removed;
    }

    /// <inheritdoc cref="IHardPool{TId, TPayload}.Draw"/>
    public void Draw(int count, long atStep, Xoshiro256StarStar generator, ICollection<DrawnItem<TId, TPayload>> into) => _pool.Draw(count, atStep, generator, into);

    /// <summary>All but the pool itself, which a <see cref="IHardPool{TId, TPayload}.Snapshot"/> of the same moment saves. O(n) where labels are suspected or duplicates looked for.</summary>
    public void SaveGuards(StateWriter writer, IStateCodec<CandidateKey<TId>> keys, IStateCodec<TPayload> payloads)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Begin(Structure, 2);
        _band.Save(writer);
        _visited.Save(writer);
        writer.WriteArray<LossHistory>(_histories);
        Quarantine.Save(writer, keys, payloads);
        writer.WriteInt32(_departed.Count);
        foreach (var (key, losses) in _departed.All())
        {
            keys.Write(writer, key);
            writer.WriteArray<LossHistory>([losses]);
        }

        writer.WriteBoolean(_duplicates is not null);
        _duplicates?.Save(writer, keys);
    }

    /// <summary>Only for a new one: pool first, then guards, as they were saved.</summary>
    /// <exception cref="InvalidDataException">The state is not of a pool with these guards.</exception>
    public void Restore(StateReader pool, StateReader guards, IStateCodec<TId> ids, IStateCodec<CandidateKey<TId>> keys, IStateCodec<TPayload> payloads)
    {
        ArgumentNullException.ThrowIfNull(pool);
        ArgumentNullException.ThrowIfNull(guards);
        ArgumentNullException.ThrowIfNull(ids);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(payloads);
        var version = guards.Expect(Structure, 2);
        _band.Restore(guards);
        _visited.Restore(guards);
        _histories = guards.ReadArray<LossHistory>();
        Quarantine.Restore(guards, keys, payloads);
        for (var left = version >= 2 ? guards.ReadCount(1) : 0; left > 0; left--)
        {
            var (key, losses) = (keys.Read(guards), guards.ReadArray<LossHistory>());
            _departed.Put(key, losses.Length == 1 ? losses[0] : throw guards.Invalid($"{losses.Length} histories of {key}"));
        }

        if (guards.ReadBoolean())
            (_duplicates ?? new NearDuplicateIndex<CandidateKey<TId>>(0)).Restore(guards, keys);
        _pool.Load(pool, ids, payloads);
        if (Suspects && _histories.Length < _pool.SlotBound)
            Array.Resize(ref _histories, _pool.SlotBound);
    }

    private void Begin(CandidateKey<TId> key, float hardness)
    {
        if (!Suspects)
            return;
        _pool.TryGetSlot(key, out var slot);
        if (slot >= _histories.Length)
            Array.Resize(ref _histories, Math.Max(64, Math.Max(slot + 1, _histories.Length * 2)));
        _histories[slot] = _departed.TryGet(key, out var before) ? before : default;
        _departed.Remove(key);
        _histories[slot].Add(hardness);
    }

    private void SetAside(CandidateKey<TId> key, int slot, long version, string reason)
    {
        _pool.TryGet(key, out var item);
        var losses = _histories[slot];
        // The payload goes over, and does not leave.
        _movedAside = key;
        _pool.Remove(key);
        _movedAside = null;
        var suspect = new Suspect<CandidateKey<TId>, TPayload>(key, item.Payload, losses.Visits, losses.Last(), version, reason);
        _setAside?.Invoke(suspect);
        Quarantine.Add(suspect);
    }

    private void OnLeft(CandidateKey<TId> key, TPayload payload)
    {
        if (Suspects && _pool.TryGetSlot(key, out var slot))
            _departed.Put(key, _histories[slot]);
        _duplicates?.Remove(key);
        if (_movedAside != key)
            _left?.Invoke(key, payload);
    }
}
