using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Data.Rows;
using HnmStreams.Mining.Pool;
using HnmStreams.Mining.Randomness;
using HnmStreams.Mining.Reservoirs;
using HnmStreams.Mining.Retention;
using HnmStreams.Pipeline.Budget;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Flow.Sharing;
using HnmStreams.Pipeline.Flow.Tuning;
using HnmStreams.Pipeline.Memory;
using HnmStreams.Pipeline.Memory.Groups;
using HnmStreams.Pipeline.Memory.Rescoring;
using HnmStreams.Pipeline.Mixing;
using HnmStreams.Pipeline.Ranking.Inspection;
using HnmStreams.Pipeline.Ranking.Labels;
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

    // Each comparison of challengers scores these rows by all of them.
    private const int MaxRankedAmong = 500;

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
    private readonly bool _rescores;
    private readonly ChanceGate _chance;
    private readonly RecentIds? _evaluated;
    private readonly HardNegativeNotifier _notifier = new();
    private readonly LabelJoiner? _joiner;
    private StreamCounters _counters = StreamCounters.Zero;
    private long _modelVersion;

    /// <param name="joiner">The inputs and labels that wait, which this takes over; null if labels are inline.</param>
    public Ranker(IMiningTask task, RankerSettings settings, MiningBudget budget, LabelJoiner? joiner = null)
    {
        _joiner = joiner;
        _draw = new ArrivalDraw(settings.Seed);
        (_task, _budget, _chance, _weightsEvaluation) = (task, budget, new ChanceGate(settings.BatchSize), settings.WeightsEvaluation);
        _payloads = new PayloadStore((long)settings.Pool.Count + settings.Reservoirs.Positives + settings.Reservoirs.Negatives + settings.Reservoirs.NewPositives + (task is IGroupedTask { Index.Capacity: var indexed } ? indexed : 0));
        _poolSize = new PoolSizing(settings.Pool, task);
        var generator = new Xoshiro256StarStar(settings.Seed);
        _pool = new FilteredPool<ExampleKey, StoredExample>(settings.Pool, settings.Retention, settings.Sampling.Create(), OnLeft, _notifier.Quarantined);
        _poolSize.Apply(_pool.Pool);
        _positives = new(settings.Reservoirs.Positives, generator.Fork(1), (_, example) => _payloads.Release(example));
        _negatives = new(settings.Reservoirs.Negatives, generator.Fork(2), (_, example) => _payloads.Release(example), settings.Reservoirs.NegativesHorizon is > 0 and var horizon ? horizon : long.MaxValue);
        _newPositives = new NewPositives(settings.Reservoirs.NewPositives, _payloads.Release);
        (_rescoring, _maxScoreAge, _rescoredShare) = (new RescoringQueue(MaxRescoring, _payloads.Release), settings.MaxScoreAge, settings.RescoredShare);
        // The hardness of a task with groups is that of its newest embeddings, which each training step updates.
        _aged = new AgedCandidates(_pool.Pool, task is IGroupedTask ? 0 : settings.MaxPoolAge);
        _rescores = joiner is not null || settings.MaxPoolAge > 0;
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
        var (corrections, learned, outcomes) = _joiner is null ? (TakeByKind(batch), 0, 0) : TakeInOrder(batch, _joiner);
        _bound?.EndBatch(_pool.Pool, batch.Scores?.Version ?? 0);
        _poolSize.Apply(_pool.Pool);
        Count(batch, batch.Scores is null ? 0 : batch.Scores.Hardness.Length, outcomes, corrections);
        _positions.Advance(batch.Spans, batch.Incomplete);
        BatcherState = batch.After;
        Rounds.Advance(BatcherState.NextBatch - 1, batch.Examples + learned, _counters.Scored);
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

    /// <summary>Appends the held-out rows that a comparison of challengers needs: the new ones, and others that positives are ranked among.</summary>
    /// <param name="since">The arrivals of the previous comparison; null if none of the rows is new.</param>
    /// <returns>For each row, if it is new since then, and the arrivals so far.</returns>
    public (bool[] AreNew, (long Positives, long Negatives) Arrivals) CopyNewHeldOut(RowBuffer rows, (long Positives, long Negatives)? since)
    {
        var arrivals = _heldOut.Arrivals;
        return (since is null ? [] : _heldOut.CopySince(since.Value, _task.HasPositives ? MaxRankedAmong : 0, rows, _weightsEvaluation), arrivals);
    }

    /// <summary>Sets the shares of a batch that tuning has chosen.</summary>
    public void Tune(TunedSettings settings) => _budget.Tune(settings.HardShare, settings.PositiveShare);

    /// <summary>Appends the training examples among which the nearest neighbors of evaluation rows are searched, at weight 0; none if these are searched among each other.</summary>
    public void CopySearched(RowBuffer rows)
    {
        if (IsSearched)
            _groups!.CopyTo(rows);
    }

    /// <summary>Returns a copy of the pool's index, which the caller disposes, and the pool's threshold. O(pool) copying of memory.</summary>
    public (PoolSnapshot<ExampleKey, StoredExample> Snapshot, float Threshold) PoolIndex() => (_pool.Pool.Snapshot(), _pool.Pool.Threshold);

    /// <summary>Appends the candidates of the pool, each with its key. O(pool).</summary>
    public void CopyPool(RowBuffer rows, ICollection<ExampleKey> keys)
    {
        using var pool = _pool.Pool.Snapshot();
        for (var i = 0; i < pool.Count; i++)
        {
            var example = pool[i].Payload;
            rows.Add(_payloads.Read(example), example.Label, example.Weight);
            keys.Add(example.Source.Key);
        }
    }

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
        _groups is null ? null : new IndexStatus(_groups.Kept.Count, _groups.Embedded, double.IsFinite(_groups.MeanVersion) ? _modelVersion - _groups.MeanVersion : null),
        _joiner?.Status,
        _rescores ? new RescoringStatus(_rescoring.Count, _rescoring.Rescored, _rescoring.Refused, _rescoring.Refreshed) : null,
        _joiner?.Outcomes.Status,
        _joiner?.Requests?.Status,
        _joiner?.Weights.Status,
        _bound?.Status,
        (_task.Teacher?.Computed ?? (_task as IGroupedTask)?.PairTeacher?.Computed) is { } computed ? new TeacherStatus(_checked, _heldBack, computed) : null);

    /// <summary>Notifies a sink of the candidates in the pool and the quarantine, from now on. O(pool log pool).</summary>
    public void Notify(IHardNegativeSink sink) => _notifier.Begin(sink, _pool);

    /// <summary>Releases the pin of a capture that is written.</summary>
    public void Release(long pin) => _payloads.Unpin(pin);

    public void Dispose()
    {
        _joiner?.Dispose();
        _payloads.Dispose();
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
        _rescoring.Remove(key);
        _outdated.RemoveAll(row => row.Key.Id == key);
        _groups?.Forget(candidate);
        _heldOut.Remove(key);
    }

    private void Count(ExampleBatch batch, int scored, int outcomes, int corrections)
    {
        var before = _counters;
        _counters = before.After(batch, scored + outcomes, corrections);
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

    private void Evaluate(ExampleBatch batch, int row, int scored, bool isServed = false)
    {
        if (_evaluated?.TryAdd(batch.Sources[row].Key) == false)
            return;
        var weight = batch.Rows.Weights[row];
        var counted = _weightsEvaluation ? weight : 1;
        // While each positive but only a share of the negatives is scored, a scored negative also counts for the unscored ones.
        if (!isServed && _budget is { ScoresEveryPositive: true, ScoredShare: > 0 and var share } && _task.RoleOf(batch.Rows.Labels[row]) != ExampleRole.Positive)
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
