using HnmStreams.Mining.Persistence;
using HnmStreams.Mining.Pool;
using HnmStreams.Mining.Randomness;
using HnmStreams.Mining.Sampling;
using HnmStreams.Mining.Windows;

namespace HnmStreams.Mining.Retention;

/// <summary>
/// A pool with admission filters and a quarantine. A hardness band and near-duplicate detection refuse candidates. A candidate whose loss
/// stays among the hardest over many visits is suspected to be a label error and moved to the quarantine. Quarantined candidates, and those
/// confirmed to be label errors, are not accepted again.
/// </summary>
/// <typeparam name="TId">Identity of an example.</typeparam>
/// <typeparam name="TPayload">Handle of the candidate's data.</typeparam>
/// <remarks>
/// Single-threaded; one owner. Costs what the pool costs, plus O(log history) per enabled filter, plus 40 bytes per slot if label-noise
/// detection is enabled.
/// </remarks>
public sealed class FilteredPool<TId, TPayload>
    where TId : struct, IEquatable<TId>
{
    private const string Structure = "filters";

    // Number of recent visits whose losses a candidate is compared with.
    private const int RecentVisits = 4_096;

    private readonly RetentionOptions _options;
    private readonly long _maxBytes;
    private readonly HardPool<TId, TPayload> _pool;
    private readonly Action<CandidateKey<TId>, TPayload>? _onRemoved;
    private readonly Action<Suspect<CandidateKey<TId>, TPayload>>? _onQuarantined;
    private readonly HardnessBand _band;
    private readonly NearDuplicateIndex<CandidateKey<TId>>? _duplicates;
    private readonly RecentHardness _visited = new(RecentVisits);

    // Loss histories of candidates that left the pool, continued if they return.
    private readonly BoundedMap<CandidateKey<TId>, LossHistory> _departed;
    private LossHistory[] _histories = [];
    private CandidateKey<TId>? _movedToQuarantine;

    /// <summary>Creates an empty pool.</summary>
    /// <param name="pool">Bounds of the pool.</param>
    /// <param name="options">Settings of the filters and of label-noise detection.</param>
    /// <param name="sampler">The sampler that the pool draws with. The pool owns it.</param>
    /// <param name="onRemoved">Called for each payload that leaves the pool or the quarantine for good.</param>
    /// <param name="onQuarantined">Called for each candidate that moves from the pool to the quarantine.</param>
    public FilteredPool(
        PoolOptions pool,
        RetentionOptions options,
        ISampler sampler,
        Action<CandidateKey<TId>, TPayload>? onRemoved = null,
        Action<Suspect<CandidateKey<TId>, TPayload>>? onQuarantined = null)
    {
        ArgumentNullException.ThrowIfNull(pool);
        ArgumentNullException.ThrowIfNull(options);
        _maxBytes = pool.Bytes;
        (_options, _onRemoved, _onQuarantined) = (options, onRemoved, onQuarantined);
        _pool = new HardPool<TId, TPayload>(pool, sampler, OnRemoved);
        _band = new HardnessBand(options.Band);
        _departed = new(options.LabelNoise.RememberedVisits);
        _duplicates = options.DuplicateDistance < 0 ? null : new(options.DuplicateDistance);
        Quarantine = new Quarantine<CandidateKey<TId>, TPayload>(options.LabelNoise, onRemoved);
    }

    /// <summary>The pool, to be read and drawn from. Offer and update candidates through this class, so that the filters see them.</summary>
    public IHardPool<TId, TPayload> Pool => _pool;

    /// <summary>The suspected label errors.</summary>
    public Quarantine<CandidateKey<TId>, TPayload> Quarantine { get; }

    /// <summary>True if near-duplicates are detected, so that <see cref="Offer"/> needs signatures.</summary>
    public bool WantsSignatures => _duplicates is not null;

    private bool DetectsLabelNoise => _options.LabelNoise.MinVisits > 0;

    /// <summary>
    /// Records the hardness of a scored candidate. Call it for every candidate before it is offered: the percentiles of the band are over
    /// all of them.
    /// </summary>
    public void Observe(float hardness) => _band.Observe(hardness);

    /// <inheritdoc cref="IHardPool{TId, TPayload}.WouldAccept"/>
    public bool WouldAccept(CandidateKey<TId> key, float hardness, long version, int bytes, int group = 0) =>
        _pool.WouldAccept(hardness, version, bytes, group) && _band.Admits(hardness) && !Quarantine.Holds(key) && !Quarantine.IsConfirmed(key);

    /// <summary>
    /// Returns the reason why a candidate would be refused, for explanations. A near-duplicate is refused by <see cref="Offer"/> only. Costs
    /// what <see cref="WouldAccept"/> costs.
    /// </summary>
    public RefusalReason ReasonToRefuse(CandidateKey<TId> key, float hardness, long version, int bytes, int group = 0)
    {
        if (!float.IsFinite(hardness))
            return RefusalReason.NotFinite;
        if (Quarantine.Holds(key))
            return RefusalReason.Quarantined;
        if (Quarantine.IsConfirmed(key))
            return RefusalReason.ConfirmedLabelError;
        if (bytes > _maxBytes)
            return RefusalReason.TooLarge;
        if (!_pool.WouldAccept(hardness, version, bytes, group))
            return _pool.IsGroupFull(group) ? RefusalReason.GroupIsFull : RefusalReason.BelowThreshold;
        return _band.Admits(hardness) ? RefusalReason.None : RefusalReason.OutsideBand;
    }

    /// <summary>
    /// Offers a candidate to the pool, unless a filter refuses it. Costs what <see cref="HardPool{TId, TPayload}.Offer"/> costs, plus the
    /// filters.
    /// </summary>
    /// <param name="key">Key of the candidate. If it is already in the pool, this counts as a visit and the payload is not taken.</param>
    /// <param name="hardness">Hardness of the candidate; larger is harder. A value that is not finite is refused.</param>
    /// <param name="version">Model version that computed the hardness.</param>
    /// <param name="bytes">Size of the payload in bytes, 0 or more.</param>
    /// <param name="payload">Handle of the data. The pool owns it if the outcome is <see cref="OfferOutcome.Added"/>.</param>
    /// <param name="group">Class or group whose share is limited by <see cref="PoolOptions.GroupShare"/>.</param>
    /// <param name="signature">64-bit signature of the content if <see cref="WantsSignatures"/> is true: a hash for exact copies, or a
    /// locality-sensitive hash for near-duplicates.</param>
    public OfferOutcome Offer(CandidateKey<TId> key, float hardness, long version, int bytes, TPayload payload, int group = 0, ulong signature = 0)
    {
        if (Visit(key, hardness, version))
            return OfferOutcome.Updated;
        if (!WouldAccept(key, hardness, version, bytes, group))
            return OfferOutcome.Refused;
        if (_duplicates is not null && _duplicates.TryFindNear(signature, out _))
            return OfferOutcome.Refused;
        var outcome = _pool.Offer(key, hardness, version, bytes, payload, group);
        if (outcome != OfferOutcome.Added)
            return outcome;
        _duplicates?.Add(key, signature);
        BeginHistory(key, hardness);
        return outcome;
    }

    /// <summary>Updates a candidate that was scored again or trained on. It may be moved to the quarantine as a suspected label error.</summary>
    /// <returns>False if the key is not in the pool.</returns>
    public bool Visit(CandidateKey<TId> key, float hardness, long version)
    {
        if (!_pool.Update(key, hardness, version))
            return false;
        if (!DetectsLabelNoise)
            return true;
        _visited.Observe(hardness);
        _pool.TryGetSlot(key, out var slot);
        _histories[slot].Add(hardness);
        if (LabelNoiseRule.Judge(_histories[slot], _visited, _options.LabelNoise) is { } reason && !Quarantine.IsReleased(key))
            MoveToQuarantine(key, slot, hardness, version, reason);
        return true;
    }

    /// <summary>Moves a candidate of the pool to the quarantine for a reason from outside, for example the verdict of a stronger model. O(log n).</summary>
    /// <param name="key">Key of the candidate.</param>
    /// <param name="hardness">Its present hardness.</param>
    /// <param name="version">Model version that computed the hardness.</param>
    /// <param name="reason">The reason in words.</param>
    /// <returns>False if the key is not in the pool, or the candidate was released from the quarantine before.</returns>
    public bool MoveToQuarantine(CandidateKey<TId> key, float hardness, long version, string reason)
    {
        if (Quarantine.IsReleased(key) || !_pool.TryGetSlot(key, out var slot))
            return false;
        if (DetectsLabelNoise)
            _histories[slot].Add(hardness);
        MoveToQuarantine(key, slot, hardness, version, reason);
        return true;
    }

    /// <summary>Quarantines a candidate that is neither in the pool nor in the quarantine, for a reason from outside. O(1).</summary>
    /// <param name="key">Key of the candidate.</param>
    /// <param name="payload">Handle of its data, which the quarantine owns from now on.</param>
    /// <param name="hardness">Its hardness.</param>
    /// <param name="version">Model version that computed the hardness.</param>
    /// <param name="reason">The reason in words.</param>
    public void AddToQuarantine(CandidateKey<TId> key, TPayload payload, float hardness, long version, string reason)
    {
        var suspect = new Suspect<CandidateKey<TId>, TPayload>(key, payload, 1, [hardness], version, reason);
        _onQuarantined?.Invoke(suspect);
        Quarantine.Add(suspect);
    }

    /// <summary>
    /// Records the loss of a candidate that has already left the pool: the loss of its last use arrives after it was removed. Does nothing
    /// if the candidate is no longer remembered. O(1).
    /// </summary>
    public void VisitDeparted(CandidateKey<TId> key, float hardness)
    {
        if (!_departed.TryGet(key, out var losses))
            return;
        losses.Add(hardness);
        _departed.Put(key, losses);
    }

    /// <summary>Removes all regions of an example from the pool, and the loss history of the example as a whole. O(k log n) for k regions.</summary>
    /// <returns>The number of candidates removed.</returns>
    public int RemoveAll(TId id)
    {
        var removed = _pool.RemoveAll(id);
        _departed.Remove(new CandidateKey<TId>(id, 0));
        return removed;
    }

    /// <inheritdoc cref="IHardPool{TId, TPayload}.Draw"/>
    public void Draw(int count, long atStep, Xoshiro256StarStar generator, ICollection<DrawnItem<TId, TPayload>> into) => _pool.Draw(count, atStep, generator, into);

    /// <summary>
    /// Writes everything except the pool itself, which an <see cref="IHardPool{TId, TPayload}.Snapshot"/> of the same moment saves. O(n) if
    /// label-noise or near-duplicate detection is enabled.
    /// </summary>
    public void SaveFilters(StateWriter writer, IStateCodec<CandidateKey<TId>> keys, IStateCodec<TPayload> payloads)
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

    /// <summary>Restores the saved pool, then the saved filters, into a new instance.</summary>
    /// <param name="pool">State that <see cref="PoolSnapshot{TId, TPayload}.Save"/> wrote.</param>
    /// <param name="filters">State that <see cref="SaveFilters"/> wrote.</param>
    /// <param name="ids">Codec of the ids.</param>
    /// <param name="keys">Codec of the keys.</param>
    /// <param name="payloads">Codec of the payload handles.</param>
    /// <exception cref="InvalidDataException">The data is not the state of a filtered pool.</exception>
    public void Restore(StateReader pool, StateReader filters, IStateCodec<TId> ids, IStateCodec<CandidateKey<TId>> keys, IStateCodec<TPayload> payloads)
    {
        ArgumentNullException.ThrowIfNull(pool);
        ArgumentNullException.ThrowIfNull(filters);
        ArgumentNullException.ThrowIfNull(ids);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(payloads);
        filters.Expect(Structure, 2);
        _band.Restore(filters);
        _visited.Restore(filters);
        _histories = ReadHistories(filters);
        Quarantine.Restore(filters, keys, payloads);
        for (var remaining = filters.ReadCount(1); remaining > 0; remaining--)
        {
            var (key, losses) = (keys.Read(filters), ReadHistories(filters));
            _departed.Put(key, losses.Length == 1 ? losses[0] : throw filters.Invalid($"{key} has {losses.Length} loss histories, expected 1"));
        }

        if (filters.ReadBoolean())
            (_duplicates ?? new NearDuplicateIndex<CandidateKey<TId>>(0)).Restore(filters, keys);
        _pool.Load(pool, ids, payloads);
        if (DetectsLabelNoise && _histories.Length < _pool.SlotBound)
            Array.Resize(ref _histories, _pool.SlotBound);
    }

    private static LossHistory[] ReadHistories(StateReader reader)
    {
        var histories = reader.ReadArray<LossHistory>();
        return Array.TrueForAll(histories, static history => history.IsValid) ? histories : throw reader.Invalid("a loss history is inconsistent");
    }

    private void BeginHistory(CandidateKey<TId> key, float hardness)
    {
        if (!DetectsLabelNoise)
            return;
        _pool.TryGetSlot(key, out var slot);
        if (slot >= _histories.Length)
            Array.Resize(ref _histories, Math.Max(64, Math.Max(slot + 1, _histories.Length * 2)));
        _histories[slot] = _departed.TryGet(key, out var before) ? before : default;
        _departed.Remove(key);
        _histories[slot].Add(hardness);
    }

    private void MoveToQuarantine(CandidateKey<TId> key, int slot, float hardness, long version, string reason)
    {
        _pool.TryGet(key, out var item);
        var (visits, losses) = DetectsLabelNoise ? (_histories[slot].Visits, _histories[slot].Last()) : (1, [hardness]);
        // The quarantine takes over the payload, so it does not leave for good.
        _movedToQuarantine = key;
        _pool.Remove(key);
        _movedToQuarantine = null;
        var suspect = new Suspect<CandidateKey<TId>, TPayload>(key, item.Payload, visits, losses, version, reason);
        _onQuarantined?.Invoke(suspect);
        Quarantine.Add(suspect);
    }

    private void OnRemoved(CandidateKey<TId> key, TPayload payload)
    {
        if (DetectsLabelNoise && _pool.TryGetSlot(key, out var slot))
            _departed.Put(key, _histories[slot]);
        _duplicates?.Remove(key);
        if (_movedToQuarantine != key)
            _onRemoved?.Invoke(key, payload);
    }
}
