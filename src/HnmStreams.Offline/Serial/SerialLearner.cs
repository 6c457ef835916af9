using System.Runtime.InteropServices;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Mining.Randomness;
using HnmStreams.Pipeline;
using HnmStreams.Pipeline.Baselines;
using HnmStreams.Pipeline.Budget;
using HnmStreams.Pipeline.Evaluating;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Flow.Promotion;
using HnmStreams.Pipeline.Publishing;
using HnmStreams.Pipeline.Ranking;
using HnmStreams.Pipeline.Ranking.Labels;
using HnmStreams.Pipeline.Scoring;
using HnmStreams.Tasks;
using HnmStreams.Tasks.Embeddings;
using HnmStreams.Torch.Learning;
using HnmStreams.Torch.Replicas;
using HnmStreams.Torch.Snapshots;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using static TorchSharp.torch;

namespace HnmStreams.Offline.Serial;

/// <summary>
/// The service's learner as a plain loop without actors, clock and broker: the same components batch, score, rank and train on each mini-batch in
/// turn. It computes the same as exact mode with overlap 0. For benchmarks.
/// </summary>
/// <remarks>One owner, one thread. CPU only.</remarks>
public sealed class SerialLearner : ISerialLearner
{
    private readonly IMiningTask _task;
    private readonly TimeProvider _time;
    private readonly int _publishEverySteps;
    private readonly int _threads;
    private readonly BudgetController _budgetController;
    private readonly ModelRegistry _registry = new();
    private readonly Learner _learner;
    private readonly ScoringReplica _replica;
    private readonly Ranker _ranker;
    private readonly SerialBatcher _batcher;
    private readonly SerialEvaluator _evaluator;
    private readonly SerialBaselines? _baselines;
    private ScoringReplica? _servedReplica;
    private long _stepsSincePublish;
    private long _trainedRows;

    /// <param name="options">Used in <c>exact</c> mode regardless of its mode: training steps wait for examples, and none is skipped.</param>
    /// <param name="logger">Receives the decisions of the budget controller and the overfitting guard.</param>
    /// <param name="labels">The way in which labels arrive; null means inline. Examples wait for their labels in a temporary folder. The time of the stream is the number of examples and labels so far, in seconds.</param>
    public SerialLearner(IMiningTask task, PipelineOptions options, TimeProvider time, ILogger? logger = null, LabelsOptions? labels = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        (_task, _time, _publishEverySteps, _threads) = (task, time, options.Publishing.EverySteps, options.Compute.Threads);
        logger ??= NullLogger.Instance;
        // The budget is created in the mode that was configured: the controller decides by measured seconds, as in live mode.
        var budget = new MiningBudget(options.ToBudgetSettings());
        _budgetController = new BudgetController(budget, options.MiningBudget, time, logger);
        OverfittingGuard = new OverfittingGuard(budget, options.OverfittingGuard, time, logger);
        _learner = NewLearner();
        _replica = new ScoringReplica(task, CPU, options.Compute.Threads);
        var joiner = labels is { ComeLater: true } ? LabelJoiner.Open(task, labels, folder: null, from: null, time) : null;
        _ranker = new Ranker(task, options.ToRankerSettings() with { IsExact = true }, budget, joiner);
        _batcher = new SerialBatcher(
            task,
            options.Evaluation.ToHeldOutSplit(),
            budget,
            Xoshiro256StarStar.Restore(_ranker.BatcherState.Generator),
            time,
            joiner is not null);
        // Exact mode has no gate. This one decides by version counts instead of the clock, so that its decisions are reproducible.
        var hasGate = options.Publishing.Gate && options.Evaluation.HeldOutShare > 0;
        _evaluator = new SerialEvaluator(task, _replica, _ranker.CopyHeldOut, _ranker.IsSearched ? _ranker.CopySearched : null, _registry, hasGate ? new PromotionGate(task, _registry, OverfittingGuard, options.Publishing, time, CardOf) : null);
        _baselines = options.Baselines.Enabled ? new SerialBaselines(NewLearner, time) : null;
        using var initial = _learner.Current();
        _replica.Adopt(initial);

        Learner NewLearner() => new(task, options.Training, CPU, options.Seed, options.Compute.Threads);
    }

    public long Consumed { get; private set; }

    public long Rejected => _batcher.Rejected;

    public long Steps => _learner.Steps;

    public long LossTerms { get; private set; }

    public double ScoringSeconds { get; private set; }

    public double RankingSeconds { get; private set; }

    /// <summary>The seconds spent on predictions of unlabeled examples, which are served anyway.</summary>
    public double PredictingSeconds { get; private set; }

    public double EncodingSeconds => _batcher.EncodingSeconds;

    public double TrainingSeconds { get; private set; }

    public IReadOnlyCollection<string> Suspects => _ranker.Suspects();

    /// <summary>The last decision of the budget controller; null if it has made none.</summary>
    public BudgetDecision? LastBudgetDecision => _budgetController.Last;

    /// <summary>The guard that backs off mining if the model overfits.</summary>
    internal OverfittingGuard OverfittingGuard { get; }

    /// <summary>The status of the pool, the reservoirs and the index.</summary>
    internal RankingStatus Ranking => _ranker.Status();

    public void Learn(IReadOnlyList<Example> examples)
    {
        ArgumentNullException.ThrowIfNull(examples);
        using var batch = _batcher.Encode(examples);
        Consumed += batch.Examples + batch.UnlabeledSources.Count;
        if (batch.Unlabeled is not null)
            Predict(batch, batch.Unlabeled);
        if (batch.ToScore.Count > 0)
            Score(batch);
        Check(batch);
        Rank(batch);
        Rescore();
        while (Draw() is { } drawn)
        {
            var round = CheckPairs(drawn);
            using (var mined = round.Mined.Batches[0])
                Train(mined);
            _baselines?.Train(round);
        }

        _baselines?.TrainExtraSteps(_ranker, ScoringSeconds);
    }

    /// <summary>Compares the learner with its baselines on the held-out share and lets the budget controller decide.</summary>
    /// <exception cref="InvalidOperationException">Baselines are disabled.</exception>
    public BaselineReport Compare()
    {
        using var heldOut = new RowBuffer();
        _ranker.CopyHeldOut(heldOut);
        var report = Compare(heldOut);
        var ranking = _ranker.Status();
        _budgetController.Adjust(report.ToObservation(ranking.MiningAllowed), report.Mined.TrainedRows, ranking.Stream.Consumed - ranking.Stream.HeldOut);
        return report;
    }

    /// <summary>Compares the learner with its baselines on the given rows.</summary>
    /// <exception cref="InvalidOperationException">Baselines are disabled.</exception>
    public BaselineReport Compare(RowBuffer rows)
    {
        if (_baselines is null)
            throw new InvalidOperationException("'pipeline.baselines.enabled' must be true to compare with the baselines but is false.");
        using var newest = _learner.Current();
        using var random = _baselines.RandomWeights();
        using var equalCompute = _baselines.EqualComputeWeights();
        var performance = new LearnerPerformance(EvaluationReport.Empty.HeldOut, _learner.Steps, _trainedRows, ScoringSeconds, TrainingSeconds);
        return _evaluator.Compare(newest, random, equalCompute, rows)
            .Report(_task.PrimaryMetric, performance, _baselines.Random, _baselines.EqualCompute, _learner.Version, onTest: null);
    }

    public IReadOnlyDictionary<string, double> Measure(RowBuffer rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        using var newest = _learner.Current();
        return _evaluator.Measure(newest, rows);
    }

    public IReadOnlyDictionary<string, double> MeasureNewest(RowBuffer rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        using var newest = _learner.Current();
        return _evaluator.MeasureWeights(newest, rows);
    }

    /// <summary>Appends the held-out examples, as the reported metrics weight them.</summary>
    internal void CopyHeldOut(RowBuffer rows) => _ranker.CopyHeldOut(rows);

    /// <summary>Appends the candidates of the pool, each with its key. O(pool).</summary>
    internal void CopyPool(RowBuffer rows, ICollection<ExampleKey> keys) => _ranker.CopyPool(rows, keys);

    /// <summary>Returns the outputs of the newest published weights for all rows, concatenated. O(rows) forward passes.</summary>
    internal float[] Outputs(RowBuffer rows) => RowOutputs.Of(_task, _replica, rows);

    public void Dispose()
    {
        _baselines?.Dispose();
        _registry.Dispose();
        _ranker.Dispose();
        _servedReplica?.Dispose();
        _replica.Dispose();
        _learner.Dispose();
    }

    private void Score(ExampleBatch batch)
    {
        var start = _time.GetTimestamp();
        var scores = new BatchScores(batch.ToScore.Count, _task.OutputWidth, _replica.Version);
        _replica.Score(batch.Rows, CollectionsMarshal.AsSpan(batch.ToScore), scores.Outputs, scores.Hardness);
        batch.Scores = scores;
        ScoringSeconds += _time.GetElapsedTime(start).TotalSeconds;
    }

    private void Rank(ExampleBatch batch)
    {
        var start = _time.GetTimestamp();
        _ranker.TakeIn(batch);
        RankingSeconds += _time.GetElapsedTime(start).TotalSeconds;
    }

    private LearnersRound? Draw()
    {
        var start = _time.GetTimestamp();
        var drawn = _ranker.Rounds.TryDrawStep();
        RankingSeconds += _time.GetElapsedTime(start).TotalSeconds;
        return drawn;
    }

    // The seconds are part of scoring: both are the price of mining.
    private void Check(ExampleBatch batch)
    {
        if (_task.Teacher is not { } teacher)
            return;
        var start = _time.GetTimestamp();
        TeacherCheck.Check(_task, teacher, batch, isExact: false);
        ScoringSeconds += _time.GetElapsedTime(start).TotalSeconds;
    }

    private LearnersRound CheckPairs(LearnersRound round)
    {
        if (_task is not IGroupedTask { PairTeacher: { } teacher })
            return round;
        var start = _time.GetTimestamp();
        PairCheck.Check(teacher, round.Mined.Batches[0], isExact: false);
        var left = _ranker.TakeVerdicts(round);
        ScoringSeconds += _time.GetElapsedTime(start).TotalSeconds;
        return left;
    }

    // As in the service: by the promoted version, or by the newest before the first promotion and without a gate.
    private void Predict(ExampleBatch batch, RowBuffer rows)
    {
        var start = _time.GetTimestamp();
        using var promoted = _registry.AcquirePromoted();
        var replica = promoted is null ? _replica : _servedReplica ??= new ScoringReplica(_task, CPU, _threads);
        if (promoted is not null && replica.Version != promoted.Snapshot.Version)
            replica.Adopt(promoted.Snapshot);
        var outputs = new float[rows.Count * _task.OutputWidth];
        replica.Predict(rows, [.. Enumerable.Range(0, rows.Count)], outputs);
        batch.Predictions = new BatchPredictions(outputs, _task.OutputWidth, replica.Version, promoted?.Card);
        PredictingSeconds += _time.GetElapsedTime(start).TotalSeconds;
    }

    // As in the service, but a rest waits for more instead of a second.
    private void Rescore()
    {
        if (_ranker.NextToRescore(Ranker.RescoredRows, isSpare: true, minRows: Ranker.RescoredRows) is not { } batch)
            return;
        using (batch)
        {
            Score(batch);
            _ranker.TakeRescored(batch);
        }
    }

    private void Train(TrainingBatch batch)
    {
        var start = _time.GetTimestamp();
        var outcome = _learner.Step(batch.Rows);
        TrainingSeconds += _time.GetElapsedTime(start).TotalSeconds;
        if (!outcome.Applied)
            return;
        LossTerms += outcome.Terms;
        _trainedRows += batch.Rows.Count;
        if (++_stepsSincePublish >= _publishEverySteps)
        {
            _stepsSincePublish = 0;
            using var published = _learner.Publish();
            _evaluator.ConsiderIfDue(published);
            _replica.Adopt(published);
        }

        start = _time.GetTimestamp();
        _ranker.TakeFeedback(new StepFeedback(batch.Keys, outcome.Hardness, _learner.Version, outcome.Embeddings));
        RankingSeconds += _time.GetElapsedTime(start).TotalSeconds;
    }

    private ModelCard CardOf(ModelSnapshot snapshot, IReadOnlyDictionary<string, double> heldOut) =>
        new(_task.Name, snapshot.Version, _time.GetUtcNow(), _learner.Steps, Consumed, heldOut, []);
}
