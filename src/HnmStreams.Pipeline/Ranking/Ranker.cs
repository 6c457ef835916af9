using System.Globalization;
using System.IO.Hashing;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Data.Rows;
using HnmStreams.Mining.Composition;
using HnmStreams.Mining.Pool;
using HnmStreams.Mining.Randomness;
using HnmStreams.Mining.RateLimiting;
using HnmStreams.Mining.Reservoirs;
using HnmStreams.Mining.Retention;
using HnmStreams.Pipeline.Budget;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Memory;
using HnmStreams.Pipeline.Mixing;
using HnmStreams.Pipeline.Telemetry;
using HnmStreams.Tasks;
using HnmStreams.Tasks.Embeddings;

namespace HnmStreams.Pipeline.Ranking;

/// <summary>
/// The learner's memory of the stream: pool, reservoirs, limiter, held-out store and positions, and what each batch
/// does to them. Knows no actor and no clock: a function of the batches, draws and feedback in their order.
/// </summary>
/// <remarks>Sole writer, one thread, no locks.</remarks>
internal sealed partial class Ranker : IDisposable
{
    // Each embedding of it is held against all others.
    private const int LargestGroupedWindow = 1_000;

    // What is drawn together does not see each other's feedback, so a round is short.
    private const int StepsPerRound = 8;

    private readonly IMiningTask _task;
    private readonly PayloadStore _payloads = new();
    private readonly FilteredPool<ExampleKey, StoredExample> _pool;
    private readonly Reservoir<CandidateKey, StoredExample> _positives;
    private readonly Reservoir<CandidateKey, StoredExample> _negatives;
    private readonly FreshPositives _fresh;
    private readonly HeldOutStore _heldOut;
    private IStepLimiter _limiter;
    private readonly GroupIndex? _groups;
    private readonly IBatchComposer _composer;
    private readonly IOutcomeMetrics _prequential;
    private readonly StreamPositions _positions = new();
    private readonly Xoshiro256StarStar _draws;
    private readonly Xoshiro256StarStar _randomDraws;
    private readonly Xoshiro256StarStar _furtherDraws;
    private readonly IdAudit? _account;
    private readonly RankerSettings _settings;
    private readonly MiningBudget _budget;
    private readonly ChanceGate _chance;
    private BatcherState _cutter;
    // Exact mode: from where scoring pays for further steps, and how many it has paid.
    private long _paysFrom, _further;
    private long _consumed, _scored, _heldOutSeen, _deadLettered, _failedBatches, _forgotten, _repeats, _modelVersion;
    private IHardNegativeSink? _listener;

    public Ranker(IMiningTask task, RankerSettings settings, MiningBudget budget)
    {
        (_task, _settings, _budget, _chance) = (task, settings, budget, new ChanceGate(settings.BatchSize));
        var generator = new Xoshiro256StarStar(settings.Seed);
        _pool = new FilteredPool<ExampleKey, StoredExample>(settings.Pool, settings.Retention, settings.Sampling.Create(), OnLeft, OnSetAside);
        _positives = new Reservoir<CandidateKey, StoredExample>(settings.Reservoirs.Positives, generator.Fork(1), (_, example) => _payloads.Release(example));
        _negatives = new Reservoir<CandidateKey, StoredExample>(settings.Reservoirs.Negatives, generator.Fork(2), (_, example) => _payloads.Release(example));
        _fresh = new FreshPositives(settings.Reservoirs.FreshPositives, _payloads.Release);
        _heldOut = new HeldOutStore(settings.HeldOutCapacity, task.HasPositives);
        _limiter = settings.IsExact ? new RatioLimiter(settings.Limiter) : new StepLimiter(settings.Limiter);
        _draws = generator.Fork(3);
        _cutter = new BatcherState(0, generator.Fork(4).Save());
        _randomDraws = generator.Fork(5);
        _furtherDraws = generator.Fork(6);
        if (_budget.ScoresEveryPositive)
            _chance.BeginWithFew();
        _account = settings.Audit.Ids > 0 ? new IdAudit(settings.Audit.Ids) : null;
        _groups = task is IGroupedTask grouped ? new GroupIndex(grouped, generator.Fork(7), _payloads) : null;
        _composer = _groups is null
            ? new BatchComposer(task, settings.Mix, _budget, _draws, _fresh, _payloads, _positives, _pool.Pool, _negatives)
            : new GroupComposer((IGroupedTask)task, settings.Mix, _budget, _draws, _payloads, _groups, _pool.Pool);
        _prequential = task.CreateMetrics(_groups is null ? settings.PrequentialWindow : Math.Min(settings.PrequentialWindow, LargestGroupedWindow));
        Inspection = new RankingInspection(task, _payloads, _pool, _positives, _negatives, settings.Retention.LabelNoise, settings.Pool.Count, OnReleased);
    }

    /// <summary>What a person may ask.</summary>
    public RankingInspection Inspection { get; }

    /// <summary>Takes a batch into the state: ranks it, keeps what is to be kept, moves the positions.</summary>
    public void TakeIn(ExampleBatch batch)
    {
        var next = 0;
        var scoredBefore = 0;
        var hardness = batch.Scores is null ? [] : batch.Scores.Hardness;
        for (var row = 0; row < batch.Rows.Count; row++)
        {
            for (; next < batch.Tombstones.Count && batch.Tombstones[next].BeforeRow <= row; next++)
                Forget(batch.Tombstones[next].Key);
            var isScored = scoredBefore < hardness.Length && batch.ToScore[scoredBefore] == row;
            TakeRow(batch, row, isScored ? hardness[scoredBefore] : float.NaN, isScored ? scoredBefore : -1);
            if (isScored)
                Judge(batch, row, scoredBefore++);
        }

        for (; next < batch.Tombstones.Count; next++)
            Forget(batch.Tombstones[next].Key);
        for (var row = 0; row < batch.HeldOut.Count; row++)
            _heldOut.Add(batch.HeldOut, row, batch.HeldOutSources[row], _task.RoleOf(batch.HeldOut.Labels[row]));

        Count(batch, hardness.Length);
        _positions.Advance(batch.Spans);
        _limiter.Consumed(batch.Examples);
        _cutter = batch.After;
        if (_chance.IsDue(_scored))
            CheckChance();
    }

    /// <summary>Batches for the steps that the limiter allows now, a few at most; null where it allows none.</summary>
    public LearnersRound? TryDrawRound()
    {
        if (TryDraw() is not { } first)
            return null;
        var batches = new List<TrainingBatch> { first };
        while (batches.Count < StepsPerRound && TryDraw() is { } next)
            batches.Add(next);
        return WithBaselines(batches, _cutter.Cuts - 1);
    }

    /// <summary>One step's batch for each learner; null where the limiter allows none.</summary>
    public LearnersRound? TryDrawStep() => TryDraw() is { } batch ? WithBaselines([batch], _cutter.Cuts - 1) : null;

    /// <summary>Batches for all steps that the limiter allows now, in order; none where it allows none.</summary>
    public LearnersRound DrawAll(long number)
    {
        var batches = new List<TrainingBatch>();
        while (TryDraw() is { } next)
            batches.Add(next);
        var round = WithBaselines(batches, number);
        if (round.EqualCompute is not { } equal || !_composer.HasSupply)
            return round;
        var owed = ExtraSteps.PaidFor(_scored - _paysFrom, _settings.Mix.BatchSize) - _further;
        _further += owed;
        return round with { EqualCompute = equal with { Batches = [.. equal.Batches, .. DrawExtraSteps((int)Math.Min(owed, int.MaxValue))] } };
    }

    /// <summary>Batches for steps that only the learner at equal compute takes; none where there is nothing to train on.</summary>
    public IReadOnlyList<TrainingBatch> DrawExtraSteps(int steps)
    {
        var batches = new List<TrainingBatch>();
        while (batches.Count < steps && _composer.ComposeExtra(_furtherDraws) is { Rows.Count: > 0 } batch)
            batches.Add(batch);
        return batches;
    }

    /// <summary>Rows for one step, where the limiter allows one and there is something to train on.</summary>
    public TrainingBatch? TryDraw()
    {
        if (!_composer.HasSupply || !_limiter.TryTakeStep())
            return null;
        var batch = _composer.Compose(_limiter.StepsTaken, _chance.IsOpen);
        LastMix = batch.Plan;
        Inspection.Remember(new ComposedBatch(_limiter.StepsTaken, batch.Plan, batch.CoolingDown, batch.Rows.Count, _chance.IsOpen));
        return batch;
    }

    /// <summary>The losses of trained rows are scores too: residents of the pool move to where they belong now.</summary>
    public void TakeFeedback(StepFeedback feedback)
    {
        if (feedback.ModelVersion > _modelVersion)
        {
            _modelVersion = Inspection.ModelVersion = feedback.ModelVersion;
            _pool.Pool.Expire(_modelVersion);
        }

        for (var i = 0; i < feedback.Keys.Count; i++)
        {
            var hardness = _groups is null ? feedback.Hardness[i] : LookAgain(feedback, i);
            if (!float.IsNaN(hardness) && !Visit(feedback.Keys[i], hardness, feedback.ModelVersion))
                _pool.VisitDeparted(feedback.Keys[i], hardness);
        }
    }

    public MixPlan? LastMix { get; private set; }

    /// <summary>The prequential metrics of the window as it stands. O(window log window).</summary>
    public IReadOnlyDictionary<string, double> Prequential() => _prequential.Compute();

    /// <summary>Held-out rows, and what they look in where the task's are to look in what is learnt from.</summary>
    public void CopyHeldOut(RowBuffer rows)
    {
        _heldOut.CopyTo(rows);
        CopySearched(rows);
    }

    /// <summary>Whether rows to judge by look in what is learnt from, rather than for each other.</summary>
    public bool IsSearched => _task is IGroupedTask { IsJudgedInIndex: true };

    /// <summary>At weight 0 what the rows to judge by look in; nothing where they look for each other.</summary>
    public void CopySearched(RowBuffer rows)
    {
        if (IsSearched)
            _groups!.CopyTo(rows);
    }

    /// <summary>A copy of the pool's index, which the caller disposes, and the threshold. O(pool) copying of memory.</summary>
    public (PoolSnapshot<ExampleKey, StoredExample> Snapshot, float Threshold) PoolIndex() => (_pool.Pool.Snapshot(), _pool.Pool.Threshold);

    /// <summary>Ids of the examples that wait in the quarantine, each once.</summary>
    public IReadOnlyCollection<string> Suspects() => _pool.Quarantine.Suspects.Select(static s => s.Payload.Id).ToHashSet(StringComparer.Ordinal);

    public RankingStatus Status() => new(
        _consumed,
        _scored,
        _heldOutSeen,
        _deadLettered,
        _failedBatches,
        _forgotten,
        _pool.Pool.Count,
        _pool.Pool.Bytes,
        _pool.Pool.Threshold,
        _pool.Pool.TryPeekHardest(out var hardest) ? hardest.Hardness : float.NaN,
        _pool.Quarantine.Count,
        _positives.Count,
        _negatives.Count,
        _limiter.SkippedSteps,
        _chance.IsOpen,
        LastMix,
        _repeats,
        _payloads.PinnedBytes,
        _positions.Snapshot(),
        _groups is null ? null : new IndexStatus(_groups.Kept.Count, _groups.Embedded, _modelVersion - _groups.MeanVersion));

    /// <summary>Where the cutter goes on behind what is in the state.</summary>
    public BatcherState Cutter => _cutter;

    /// <summary>Tells of what the pool and the quarantine keep, from now on. O(pool log pool).</summary>
    public void Tell(IHardNegativeSink listener)
    {
        var items = new List<PoolItem<ExampleKey, StoredExample>>(_pool.Pool.Count);
        _pool.Pool.CopyHardest(_pool.Pool.Count, items);
        listener.Begin([
            .. items.Select(item => Entry(item.Key, item.Payload, item.Hardness, item.Version, HardNegativeReasons.Resumed)),
            .. _pool.Quarantine.Suspects.Select(Entry)]);
        _listener = listener;
    }

    /// <summary>A capture is written: what it pinned may go.</summary>
    public void Release(long pin) => _payloads.Unpin(pin);

    public long PinnedBytes => _payloads.PinnedBytes;

    public void Dispose() => _payloads.Dispose();

    private LearnersRound WithBaselines(IReadOnlyList<TrainingBatch> batches, long number)
    {
        var mined = new TrainingRound(batches, number);
        if (!_settings.HasBaselines)
            return new LearnersRound(mined);
        TrainingBatch[] random = [.. batches.Select(batch => _composer.ComposeRandom(batch, _randomDraws))];
        TrainingBatch[] equal = [.. random.Select(batch => batch.Of(Enumerable.Range(0, batch.Rows.Count)))];
        return new LearnersRound(mined, new TrainingRound(random, number), new TrainingRound(equal, number));
    }

    // scored: the row's place among the scored, or -1.
    private void TakeRow(ExampleBatch batch, int row, float hardness, int scored)
    {
        var key = new CandidateKey(batch.Sources[row].Key, 0);
        StoredExample? kept = null;
        if (_groups is not null)
        {
            kept = _groups.Keep(key, batch, row);
            if (scored >= 0)
                Rank(batch, row, key, _groups.Look(key, batch.Rows.Labels[row], batch.Scores!.OutputsOf(scored), batch.Scores.Version), kept);
            return;
        }

        if (_task.RoleOf(batch.Rows.Labels[row]) == ExampleRole.Positive)
        {
            kept = _payloads.Keep(batch, row);
            _fresh.Add(kept);
            if (_positives.TryReserve(out var slot))
                Put(_positives, slot, key, kept);
            return;
        }

        if (_negatives.TryReserve(out var place))
            Put(_negatives, place, key, kept = _payloads.Keep(batch, row));
        if (scored >= 0)
            Rank(batch, row, key, hardness, kept);
    }

    // Each training step gives fresh embeddings: the index takes them, and says how hard they are now.
    private float LookAgain(StepFeedback feedback, int row) => _groups!.Kept.TryGet(feedback.Keys[row], out var group, out _)
        ? _groups.Look(feedback.Keys[row], group, feedback.Embeddings.AsSpan(row * _task.OutputWidth, _task.OutputWidth), feedback.ModelVersion)
        : float.NaN;

    private void Rank(ExampleBatch batch, int row, CandidateKey key, float hardness, StoredExample? kept)
    {
        // A NaN score says that the model is broken, not that the example is hard.
        if (float.IsNaN(hardness))
            return;
        _pool.Observe(hardness);
        var version = batch.Scores!.Version;
        if (Visit(key, hardness, version))
            return;
        var payload = batch.Rows.Payload(row);
        var (bytes, label) = (StoredExample.BytesFor(payload.Length), batch.Rows.Labels[row]);
        if (!_pool.WouldAccept(key, hardness, version, bytes, label))
            return;
        var signature = _pool.WantsSignatures ? XxHash3.HashToUInt64(payload) : 0;
        kept ??= _payloads.Keep(batch, row);
        kept.Holders++;
        var threshold = _pool.Pool.Threshold;
        if (_pool.Offer(key, hardness, version, bytes, kept, label, signature) != OfferOutcome.Added)
            _payloads.Release(kept);
        else if (_listener is not null)
            _listener.Enter(float.IsFinite(threshold)
                ? Entry(key, kept, hardness, version, HardNegativeReasons.Harder, string.Create(CultureInfo.InvariantCulture, $"the easiest of a full pool had {threshold}"))
                : Entry(key, kept, hardness, version, HardNegativeReasons.Room));
    }

    private bool Visit(CandidateKey key, float hardness, long version)
    {
        if (!_pool.Pool.TryGet(key, out var before))
            return false;
        // First, since what is set aside by the visit keeps its trail.
        Inspection.LossHistories.Add(key, new LossRecord(before.Version, before.Hardness), new LossRecord(version, hardness));
        return _pool.Visit(key, hardness, version);
    }

    private void OnLeft(CandidateKey key, StoredExample example)
    {
        _listener?.Leave(example.Id, key.Region);
        _payloads.Release(example);
        Inspection.LossHistories.Remove(key);
    }

    private void OnSetAside(Suspect<CandidateKey, StoredExample> suspect) => _listener?.Enter(Entry(suspect));

    private void OnReleased(CandidateKey key, StoredExample example, float? hardness)
    {
        if (hardness is { } now)
            _listener?.Enter(Entry(key, example, now, _modelVersion, HardNegativeReasons.Released));
        else
            _listener?.Leave(example.Id, key.Region);
    }

    private static HardNegativeEntry Entry(Suspect<CandidateKey, StoredExample> suspect) =>
        Entry(suspect.Key, suspect.Payload, suspect.LastLosses[^1], suspect.SinceVersion, HardNegativeReasons.Suspected, suspect.Reason);

    private static HardNegativeEntry Entry(CandidateKey key, StoredExample example, float hardness, long version, string why, string? detail = null) =>
        new(example.Id, key.Region, hardness, version, why, detail, example.Label, example.Origin);

    private static void Put(Reservoir<CandidateKey, StoredExample> reservoir, int slot, CandidateKey key, StoredExample example)
    {
        example.Holders++;
        reservoir.Put(slot, key, example);
    }

    private void Forget(ExampleKey key)
    {
        _forgotten++;
        _pool.RemoveAll(key);
        var candidate = new CandidateKey(key, 0);
        _pool.Quarantine.Remove(candidate);
        _positives.Remove(candidate);
        _negatives.Remove(candidate);
        _fresh.Remove(key);
        _groups?.Forget(candidate);
        _heldOut.Remove(key);
    }

    private void Count(ExampleBatch batch, int scored)
    {
        _consumed += batch.Examples;
        _scored += scored;
        _heldOutSeen += batch.HeldOut.Count;
        _deadLettered += batch.DeadLettered;
        _repeats += batch.Repeats;
        if (_account is not null)
        {
            foreach (var source in batch.Sources.Concat(batch.HeldOutSources))
                _account.Add(source.Key);
        }

        if (batch.Failure is not null)
            _failedBatches++;
        PipelineInstruments.Examples.Add(scored, new KeyValuePair<string, object?>("outcome", "scored"));
        PipelineInstruments.Examples.Add(batch.HeldOut.Count, new KeyValuePair<string, object?>("outcome", "held-out"));
        PipelineInstruments.Examples.Add(batch.Rows.Count - scored, new KeyValuePair<string, object?>("outcome", "unscored"));
    }

    private void Judge(ExampleBatch batch, int row, int scored)
    {
        var weight = batch.Rows.Weights[row];
        // Where each positive is scored and few negatives, a negative stands for those that are not.
        if (_budget is { ScoresEveryPositive: true, ScoredShare: > 0 and var share } && _task.RoleOf(batch.Rows.Labels[row]) != ExampleRole.Positive)
            batch.Rows.SetWeight(row, (float)(weight / share));
        _prequential.Add(batch.Scores!.OutputsOf(scored), batch.Rows, row);
        batch.Rows.SetWeight(row, weight);
    }

    private void CheckChance()
    {
        // The budget first: how few are scored follows from what it knows.
        var beats = _prequential.BeatsChance();
        _budget.Note(beats);
        _chance.Take(beats, _scored, _budget.ScoresEveryPositive);
    }
}
