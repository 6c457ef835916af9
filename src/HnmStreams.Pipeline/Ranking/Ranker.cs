using System.Diagnostics;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Data.Rows;
using HnmStreams.Mining.Pool;
using HnmStreams.Mining.Randomness;
using HnmStreams.Mining.Reservoirs;
using HnmStreams.Mining.Retention;
using HnmStreams.Pipeline.Budget;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Memory;
using HnmStreams.Pipeline.Memory.Groups;
using HnmStreams.Pipeline.Mixing;
using HnmStreams.Pipeline.Ranking.Inspection;
using HnmStreams.Pipeline.Telemetry;
using HnmStreams.Tasks;
using HnmStreams.Tasks.Embeddings;

namespace HnmStreams.Pipeline.Ranking;

/// <summary>
/// The learner's memory of the stream: pool, reservoirs, held-out store and positions, and the effect of each batch on
/// them. It knows no actor and no clock: it is a function of the batches, draws and feedback in their order.
/// </summary>
/// <remarks>Sole writer of all of it: one thread, no locks.</remarks>
internal sealed partial class Ranker : IDisposable
{
    // Each embedding in the window is compared with all others.
    private const int MaxGroupedWindow = 1_000;

    private readonly IMiningTask _task;
    private readonly MiningBudget _budget;
    private readonly PayloadStore _payloads;
    private readonly FilteredPool<ExampleKey, StoredExample> _pool;
    private readonly Reservoir<CandidateKey, StoredExample> _positives;
    private readonly Reservoir<CandidateKey, StoredExample> _negatives;
    private readonly NewPositives _newPositives;
    private readonly HeldOutStore _heldOut;
    private readonly GroupIndex? _groups;
    private readonly IOutcomeMetrics _prequential;
    private readonly StreamPositions _positions = new();
    private readonly IdAudit? _audit;
    private readonly PoolSizing _poolSize;
    private readonly bool _weightsEvaluation;
    private readonly ChanceGate _chance;
    private readonly RecentIds? _evaluated;
    private readonly HardNegativeNotifier _notifier = new();
    private StreamCounters _counters = StreamCounters.Zero;
    private long _modelVersion;

    public Ranker(IMiningTask task, RankerSettings settings, MiningBudget budget)
    {
        (_task, _budget, _chance, _weightsEvaluation) = (task, budget, new ChanceGate(settings.BatchSize), settings.WeightsEvaluation);
        _payloads = new PayloadStore((long)settings.Pool.Count + settings.Reservoirs.Positives + settings.Reservoirs.Negatives + settings.Reservoirs.NewPositives + (task is IGroupedTask { Index.Capacity: var indexed } ? indexed : 0));
        _poolSize = new PoolSizing(settings.Pool, task);
        var generator = new Xoshiro256StarStar(settings.Seed);
        _pool = new FilteredPool<ExampleKey, StoredExample>(settings.Pool, settings.Retention, settings.Sampling.Create(), OnLeft, _notifier.Quarantined);
        _poolSize.Apply(_pool.Pool);
        _positives = new(settings.Reservoirs.Positives, generator.Fork(1), (_, example) => _payloads.Release(example));
        _negatives = new(settings.Reservoirs.Negatives, generator.Fork(2), (_, example) => _payloads.Release(example), settings.Reservoirs.NegativesHorizon is > 0 and var horizon ? horizon : long.MaxValue);
        _newPositives = new NewPositives(settings.Reservoirs.NewPositives, _payloads.Release);
        _heldOut = new HeldOutStore(settings.HeldOutCapacity, task.HasPositives);
        BatcherState = new BatcherState(0, generator.Fork(4).Save());
        if (budget.ScoresEveryPositive)
            _chance.BeginWithFew();
        _audit = settings.Audit.Ids > 0 ? new IdAudit(settings.Audit.Ids) : null;
        _groups = task is IGroupedTask grouped ? new GroupIndex(grouped, generator.Fork(7), _payloads) : null;
        _prequential = task.CreateMetrics(_groups is null ? settings.PrequentialWindow : Math.Min(settings.PrequentialWindow, MaxGroupedWindow));
        // A grouped window compares its rows with each other, and an example must never find its own earlier copy.
        _evaluated = _groups is null ? null : new RecentIds(Math.Min(settings.PrequentialWindow, MaxGroupedWindow));
        var review = new LabelReview(_payloads, _pool, (key, example, hardness) => _notifier.Released(key, example, hardness, _modelVersion), _notifier.Quarantined);
        Inspection = new RankingInspection(task, _payloads, _pool, _positives, _negatives, settings.Retention.LabelNoise, settings.Pool.Count, review, _groups);
        var draws = generator.Fork(3);
        IBatchComposer composer = _groups is null
            ? new BatchComposer(task, settings.Mix, budget, draws, _newPositives, _payloads, _positives, _pool.Pool, _negatives)
            : new GroupComposer((IGroupedTask)task, settings.Mix, budget, draws, _payloads, _groups, _pool.Pool);
        Rounds = new TrainingRounds(composer, settings, _chance, draws, generator.Fork(5), generator.Fork(6), Inspection.Remember);
    }

    /// <summary>The questions that a person may ask.</summary>
    public RankingInspection Inspection { get; }

    /// <summary>The draws of training batches.</summary>
    public TrainingRounds Rounds { get; }

    /// <summary>The state of the batcher after the last batch in the state.</summary>
    public BatcherState BatcherState { get; private set; }

    /// <summary>True if the nearest neighbors of evaluation rows are searched among the training examples, rather than among each other.</summary>
    public bool IsSearched => _task is IGroupedTask { IsJudgedInIndex: true };

    /// <summary>Takes a batch into the state: ranks its examples, keeps those that are to be kept, and advances the positions.</summary>
    public void TakeIn(ExampleBatch batch)
    {
        var tombstone = 0;
        var scored = 0;
        var corrections = 0;
        var hardness = batch.Scores is null ? [] : batch.Scores.Hardness;
        for (var row = 0; row < batch.Rows.Count; row++)
        {
            for (; tombstone < batch.Tombstones.Count && batch.Tombstones[tombstone].BeforeRow <= row; tombstone++)
                Forget(batch.Tombstones[tombstone].Key);
            var key = new CandidateKey(CollectionsMarshal.AsSpan(batch.Sources)[row].Key, 0);
            var isNew = !_payloads.MayKeep(key.Id);
            corrections += ReplaceEarlier(batch, row, key, isNew) ? 1 : 0;
            var isScored = scored < hardness.Length && batch.ToScore[scored] == row;
            TakeRow(batch, row, key, isScored ? hardness[scored] : float.NaN, isScored ? scored : -1, isNew);
            if (isScored)
                Evaluate(batch, row, scored++);
        }

        for (; tombstone < batch.Tombstones.Count; tombstone++)
            Forget(batch.Tombstones[tombstone].Key);
        for (var row = 0; row < batch.HeldOut.Count; row++)
            corrections += AddHeldOut(batch, row) ? 1 : 0;

        _poolSize.Apply(_pool.Pool);
        Count(batch, hardness.Length, corrections);
        _positions.Advance(batch.Spans, batch.Incomplete);
        BatcherState = batch.After;
        Rounds.Advance(BatcherState.NextBatch - 1, batch.Examples, _counters.Scored);
        if (_chance.IsDue(_counters.Scored))
            CheckChance();
    }

    /// <summary>Takes the losses of trained rows as new scores: candidates in the pool move to their new ranks.</summary>
    public void TakeFeedback(StepFeedback feedback)
    {
        if (feedback.ModelVersion > _modelVersion)
        {
            _modelVersion = Inspection.ModelVersion = feedback.ModelVersion;
            _pool.Pool.Expire(_modelVersion);
        }

        for (var i = 0; i < feedback.Keys.Count; i++)
        {
            var hardness = _groups is null ? feedback.Hardness[i] : UpdateEmbedding(feedback, i);
            if (!float.IsNaN(hardness) && !Visit(feedback.Keys[i], hardness, feedback.ModelVersion))
                _pool.VisitDeparted(feedback.Keys[i], hardness);
        }
    }

    /// <summary>Returns the prequential metrics of the current window. O(window log window).</summary>
    public IReadOnlyDictionary<string, double> Prequential() => _prequential.Compute();

    /// <summary>Appends the held-out rows, and the training examples among which their nearest neighbors are searched, if the task needs those.</summary>
    public void CopyHeldOut(RowBuffer rows)
    {
        _heldOut.CopyTo(rows, _weightsEvaluation);
        CopySearched(rows);
    }

    /// <summary>Appends the training examples among which the nearest neighbors of evaluation rows are searched, at weight 0; none if these are searched among each other.</summary>
    public void CopySearched(RowBuffer rows)
    {
        if (IsSearched)
            _groups!.CopyTo(rows);
    }

    /// <summary>Returns a copy of the pool's index, which the caller disposes, and the pool's threshold. O(pool) copying of memory.</summary>
    public (PoolSnapshot<ExampleKey, StoredExample> Snapshot, float Threshold) PoolIndex() => (_pool.Pool.Snapshot(), _pool.Pool.Threshold);

    /// <summary>Returns the ids of the examples in the quarantine, each once.</summary>
    public IReadOnlyCollection<string> Suspects() => _pool.Quarantine.Suspects.Select(static s => s.Payload.Id).ToHashSet(StringComparer.Ordinal);

    public RankingStatus Status() => new(
        _counters,
        new PoolStatus(
            _pool.Pool.Count,
            _pool.Pool.Bytes,
            float.IsFinite(_pool.Pool.Threshold) ? _pool.Pool.Threshold : null,
            _pool.Pool.TryPeekHardest(out var hardest) ? hardest.Hardness : null,
            _pool.Quarantine.Count,
            _pool.Pool.MaxCount),
        _positives.Count,
        _negatives.Count,
        Rounds.SkippedSteps,
        _chance.IsOpen,
        Rounds.LastMix,
        _payloads.PinnedBytes,
        _positions.Snapshot(),
        _groups is null ? null : new IndexStatus(_groups.Kept.Count, _groups.Embedded, double.IsFinite(_groups.MeanVersion) ? _modelVersion - _groups.MeanVersion : null));

    /// <summary>Notifies a sink of the candidates in the pool and the quarantine, from now on. O(pool log pool).</summary>
    public void Notify(IHardNegativeSink sink) => _notifier.Begin(sink, _pool);

    /// <summary>Releases the pin of a capture that is written.</summary>
    public void Release(long pin) => _payloads.Unpin(pin);

    public void Dispose() => _payloads.Dispose();

    // scored: the row's place among the scored rows, or -1. isNew: no example of this id is kept, so that it is not in the pool.
    private void TakeRow(ExampleBatch batch, int row, CandidateKey key, float hardness, int scored, bool isNew)
    {
        using var span = batch.BatchSpans is null ? null : PipelineSpans.StartRanking(batch.Sources, row);
        span?.SetTag("hnm.example.id", batch.SourceOf(row).Id);
        StoredExample? kept = null;
        if (_groups is not null)
        {
            kept = _groups.Keep(key, batch, row);
            if (scored >= 0)
                Rank(batch, row, key, _groups.Lookup(key, batch.Rows.Labels[row], batch.Rows.Payload(row), batch.Scores!.OutputsOf(scored), batch.Scores.Version), kept, isNew: false, span);
            else
                PipelineSpans.Conclude(span, "unscored", kept is null ? UnscoredReason(batch) : "kept in the index without a score");
            return;
        }

        if (_task.RoleOf(batch.Rows.Labels[row]) == ExampleRole.Positive)
        {
            kept = _payloads.Keep(batch, row);
            _newPositives.Add(kept);
            if (_positives.TryReserve(out var positiveSlot))
                Put(_positives, positiveSlot, key, kept);
            PipelineSpans.Conclude(span, "positive", "a positive is trained on, not mined");
            return;
        }

        _poolSize.Add(key.Id);
        if (_negatives.TryReserve(out var slot))
            Put(_negatives, slot, key, kept = _payloads.Keep(batch, row));
        if (scored >= 0)
            Rank(batch, row, key, hardness, kept, isNew, span);
        else
            PipelineSpans.Conclude(span, "unscored", UnscoredReason(batch));
    }

    private static string UnscoredReason(ExampleBatch batch) => batch.Failure ?? "not in the share of examples that are scored";

    // Each training step gives fresh embeddings: the index takes them and returns their present hardness.
    private float UpdateEmbedding(StepFeedback feedback, int row) => _groups!.Kept.TryGet(feedback.Keys[row], out var group, out var example)
        ? _groups.Lookup(feedback.Keys[row], group, _payloads.Read(example), feedback.Embeddings.AsSpan(row * _task.OutputWidth, _task.OutputWidth), feedback.ModelVersion)
        : float.NaN;

    private void Rank(ExampleBatch batch, int row, CandidateKey key, float hardness, StoredExample? kept, bool isNew, Activity? span)
    {
        span?.SetTag("hnm.hardness", hardness).SetTag("hnm.pool.threshold", float.IsFinite(_pool.Pool.Threshold) ? _pool.Pool.Threshold : null).SetTag("hnm.model.version", batch.Scores!.Version);
        // A NaN score means that the model is broken, not that the example is hard.
        if (float.IsNaN(hardness))
        {
            PipelineSpans.Conclude(span, "rejected", "the hardness is not a number");
            return;
        }

        _pool.Observe(hardness);
        var version = batch.Scores!.Version;
        if (!isNew && Visit(key, hardness, version))
        {
            PipelineSpans.Conclude(span, "updated", "the pool already holds it; its hardness was updated");
            return;
        }

        var payload = batch.Rows.Payload(row);
        var (bytes, label) = (StoredExample.BytesFor(payload.Length), batch.Rows.Labels[row]);
        if (!_pool.WouldAccept(key, hardness, version, bytes, label))
        {
            if (span is not null)
                PipelineSpans.Conclude(span, "rejected", RefusalText.Of(_pool.ReasonToRefuse(key, hardness, version, bytes, label)));
            return;
        }

        var signature = _pool.WantsSignatures ? XxHash3.HashToUInt64(_task is IGroupedTask grouped ? grouped.Input(payload) : payload) : 0;
        kept ??= _payloads.Keep(batch, row);
        kept.Holders++;
        var threshold = _pool.Pool.Threshold;
        if (_pool.Offer(key, hardness, version, bytes, kept, label, signature) == OfferOutcome.Added)
        {
            _notifier.Added(key, kept, hardness, version, threshold);
            PipelineSpans.Conclude(span, "admitted", float.IsFinite(threshold) ? "harder than the easiest candidate of the full pool" : "the pool has room");
        }
        else
        {
            _payloads.Release(kept);
            PipelineSpans.Conclude(span, "rejected", "the pool holds a near-duplicate");
        }
    }

    private bool Visit(CandidateKey key, float hardness, long version)
    {
        if (!_pool.Pool.TryGet(key, out var before))
            return false;
        // Before the visit: it may move the candidate to the quarantine, where it keeps its loss history.
        Inspection.LossHistories.Add(key, new LossRecord(before.Version, before.Hardness), new LossRecord(version, hardness));
        return _pool.Visit(key, hardness, version);
    }

    private void OnLeft(CandidateKey key, StoredExample example)
    {
        _notifier.Left(key, example);
        PipelineSpans.Leave(example);
        _payloads.Release(example);
        Inspection.LossHistories.Remove(key);
    }

    private static void Put(Reservoir<CandidateKey, StoredExample> reservoir, int slot, CandidateKey key, StoredExample example)
    {
        example.Holders++;
        reservoir.Put(slot, key, example);
    }

    private void Forget(ExampleKey key)
    {
        _pool.RemoveAll(key);
        var candidate = new CandidateKey(key, 0);
        _pool.Quarantine.Remove(candidate);
        _positives.Remove(candidate);
        _negatives.Remove(candidate);
        _newPositives.Remove(key);
        _groups?.Forget(candidate);
        _heldOut.Remove(key);
    }

    private void Count(ExampleBatch batch, int scored, int corrections)
    {
        var before = _counters;
        _counters = before.After(batch, scored, corrections);
        StreamInstruments.Count(before, _counters);
        if (_audit is not null)
        {
            foreach (var source in batch.Sources.Concat(batch.HeldOutSources))
                _audit.Add(source.Key);
        }

        PipelineInstruments.Examples.Add(scored, new KeyValuePair<string, object?>("outcome", "scored"));
        PipelineInstruments.Examples.Add(batch.HeldOut.Count, new KeyValuePair<string, object?>("outcome", "held-out"));
        PipelineInstruments.Examples.Add(batch.Rows.Count - scored, new KeyValuePair<string, object?>("outcome", "unscored"));
    }

    private void Evaluate(ExampleBatch batch, int row, int scored)
    {
        if (_evaluated?.TryAdd(batch.Sources[row].Key) == false)
            return;
        var weight = batch.Rows.Weights[row];
        var counted = _weightsEvaluation ? weight : 1;
        // While each positive but only a share of the negatives is scored, a scored negative also counts for the unscored ones.
        if (_budget is { ScoresEveryPositive: true, ScoredShare: > 0 and var share } && _task.RoleOf(batch.Rows.Labels[row]) != ExampleRole.Positive)
            counted = (float)(counted / share);
        batch.Rows.SetWeight(row, counted);
        _prequential.Add(batch.Scores!.OutputsOf(scored), batch.Rows, row);
        batch.Rows.SetWeight(row, weight);
    }

    private void CheckChance()
    {
        // The budget first: the number of examples that are scored depends on it.
        var beats = _prequential.BeatsChance();
        _budget.Note(beats);
        _chance.RecordCheck(beats, _counters.Scored, _budget.ScoresEveryPositive);
    }
}
