using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Data.Rows;
using HnmStreams.Mining.Randomness;
using HnmStreams.Pipeline;
using HnmStreams.Pipeline.Baselines;
using HnmStreams.Pipeline.Batching;
using HnmStreams.Pipeline.Budget;
using HnmStreams.Pipeline.Evaluating;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Publishing;
using HnmStreams.Pipeline.Ranking;
using HnmStreams.Tasks;
using HnmStreams.Torch.Learning;
using HnmStreams.Torch.Replicas;
using HnmStreams.Torch.Snapshots;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using static TorchSharp.torch;

namespace HnmStreams.Offline;

/// <summary>
/// The learner of the service without its actors, its clock and its broker: each mini-batch is scored, ranked and trained
/// on in turn by the same parts. What exact mode with overlap 0 computes, in a loop: for benchmarks and offline rounds.
/// </summary>
/// <remarks>One owner, one thread. CPU only.</remarks>
public sealed class SerialLearner : ISerialLearner
{
    private readonly IMiningTask _task;
    private readonly PipelineOptions _options;
    private readonly TimeProvider _time;
    private readonly HeldOutSplit _heldOut;
    private readonly Xoshiro256StarStar _generator;
    private readonly Ranker _ranker;
    private readonly MiningBudget _budget;
    private readonly BudgetController _pilot;
    private readonly ModelRegistry _registry = new();
    private readonly Promoter? _promoter;
    private readonly SerialBaselines? _baselines;
    private readonly Learner _learner;
    private readonly ScoringReplica _replica;
    private long _batches, _sincePublish;

    /// <param name="options">Taken in <c>exact</c> mode, whatever its mode says: steps wait for examples, and nothing is forgone.</param>
    /// <param name="logger">Hears what is decided about mining: what it may cost, and where it is eased off.</param>
    public SerialLearner(IMiningTask task, PipelineOptions options, TimeProvider time, ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        (_task, _options, _time) = (task, options, time);
        // The controller is one of live mode: here it decides by the same seconds, though all else is exact.
        _budget = new MiningBudget(options.ToBudgetSettings());
        options.Mode = "exact";
        _heldOut = new HeldOutSplit(options.Evaluation.HeldOutShare, options.Evaluation.HeldOutStretch);
        _learner = new Learner(task, options.Training, CPU, options.Seed, options.Scoring.Threads);
        _replica = new ScoringReplica(task, CPU, options.Scoring.Threads);
        _ranker = new Ranker(task, options.ToRankerSettings(), _budget);
        _pilot = new BudgetController(_budget, options.MiningBudget, time, logger ?? NullLogger.Instance);
        OverfittingGuard = new OverfittingGuard(_budget, options.OverfittingGuard, time, logger ?? NullLogger.Instance);
        // So is the gate: what is judged when goes by the versions here, so that it is the same in each run.
        _promoter = options.Publishing.Gate && options.Evaluation.HeldOutShare > 0 ? new Promoter(task, _registry, OverfittingGuard, options.Publishing, time, CardOf) : null;
        _baselines = options.Baselines.Enabled ? new SerialBaselines(() => new Learner(task, options.Training, CPU, options.Seed, options.Scoring.Threads), time) : null;
        _generator = Xoshiro256StarStar.Restore(_ranker.Cutter.Generator);
        using var initial = _learner.Current();
        _replica.Adopt(initial);
    }

    public long Consumed { get; private set; }

    public long Refused { get; private set; }

    public long TrainedRows { get; private set; }

    public double ScoringSeconds { get; private set; }

    public double TrainingSeconds { get; private set; }

    public IReadOnlyCollection<string> Suspects => _ranker.Suspects();

    /// <summary>What was done about mining where the model was past its best.</summary>
    internal OverfittingGuard OverfittingGuard { get; }

    /// <summary>How the learner's memory of the stream stands.</summary>
    internal RankingStatus Ranking => _ranker.Status();

    public void Learn(IReadOnlyList<Example> examples)
    {
        ArgumentNullException.ThrowIfNull(examples);
        using var batch = Encode(examples);
        Consumed += batch.Examples;
        if (batch.ToScore.Count > 0)
            Score(batch);
        _ranker.TakeIn(batch);
        while (_ranker.TryDrawStep() is { } round)
        {
            using (var drawn = round.Mined.Batches[0])
                Train(drawn);
            _baselines?.Take(round);
        }

        _baselines?.Spend(_ranker, ScoringSeconds);
    }

    /// <summary>What the controller last decided; null where it decides nothing, or has not yet.</summary>
    public BudgetDecision? Cost => _pilot.Last;

    /// <summary>Compares with the baselines on the held-out share and lets the controller decide. Only where there are any.</summary>
    public BaselineReport Compare()
    {
        using var rows = new RowBuffer();
        _ranker.CopyHeldOut(rows);
        var report = Compare(rows);
        var ranking = _ranker.Status();
        _pilot.Take(report.ToObservation(ranking.MiningAllowed), report.Mined.TrainedRows, ranking.Consumed - ranking.HeldOut);
        return report;
    }

    /// <summary>Compares with the baselines on rows of the caller's. Only where there are any.</summary>
    public BaselineReport Compare(RowBuffer rows)
    {
        if (_baselines is null)
            throw new InvalidOperationException("There are no baselines: pipeline.baselines.enabled is false.");
        using var newest = _learner.Current();
        using var randomWeights = _baselines.RandomWeights();
        using var equalComputeWeights = _baselines.EqualComputeWeights();
        // The mined weights last: they are what goes on scoring.
        var (random, equalCompute, mined) = (Outputs(randomWeights, rows), Outputs(equalComputeWeights, rows), Outputs(newest, rows));
        var cost = new LearnerPerformance(EvaluationReport.Empty.HeldOut, _learner.Steps, TrainedRows, ScoringSeconds, TrainingSeconds);
        return BaselineComparison.Of(new PairedEvaluation(_task, rows), mined, random, equalCompute)
            .Report(_task.PrimaryMetric, cost, _baselines.Random, _baselines.EqualCompute, _learner.Version, onTest: null);
    }

    public IReadOnlyDictionary<string, double> Measure(RowBuffer rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        using var newest = _learner.Current();
        if (_promoter is not null)
            Judge(newest);
        using var latest = _registry.TakeLatest();
        using var searched = _ranker.IsSearched ? WithSearched(rows) : null;
        _replica.Adopt(latest?.Snapshot ?? newest);
        var metrics = RowOutputs.Measure(_task, _replica, searched ?? rows);
        _replica.Adopt(newest);
        return metrics;
    }

    public void Dispose()
    {
        _baselines?.Dispose();
        _registry.Dispose();
        _ranker.Dispose();
        _replica.Dispose();
        _learner.Dispose();
    }

    private ExampleBatch Encode(IReadOnlyList<Example> examples)
    {
        var batch = new ExampleBatch(_batches++, Math.Max(1, examples.Count));
        foreach (var example in examples)
        {
            var key = ExampleKey.Of(example.Id);
            var held = _heldOut.Contains(_task, example, key);
            if (_task.Encode(example, held ? batch.HeldOut : batch.Rows) is not null)
            {
                Refused++;
                continue;
            }

            (held ? batch.HeldOutSources : batch.Sources).Add(new RowSource(key, example.Id, default(Origin), example.EventTime ?? default, default));
            if (!held && (_budget.Scores(_task.RoleOf(batch.Rows.Labels[^1]) == ExampleRole.Positive, _generator)))
                batch.ToScore.Add(batch.Rows.Count - 1);
        }

        batch.After = new BatcherState(_batches, _generator.Save());
        return batch;
    }

    private void Score(ExampleBatch batch)
    {
        var start = _time.GetTimestamp();
        var scores = new BatchScores(batch.ToScore.Count, _task.OutputWidth, _replica.Version);
        _replica.Score(batch.Rows, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(batch.ToScore), scores.Outputs, scores.Hardness);
        batch.Scores = scores;
        ScoringSeconds += _time.GetElapsedTime(start).TotalSeconds;
    }

    private void Train(TrainingBatch drawn)
    {
        var start = _time.GetTimestamp();
        var outcome = _learner.Step(drawn.Rows);
        TrainingSeconds += _time.GetElapsedTime(start).TotalSeconds;
        if (!outcome.Applied)
            return;
        TrainedRows += outcome.Terms;
        if (++_sincePublish >= _options.Publishing.EverySteps)
        {
            _sincePublish = 0;
            using var published = _learner.Publish();
            if (_promoter?.IsDueByCount(published.Version) == true)
                Judge(published);
            _replica.Adopt(published);
        }

        _ranker.TakeFeedback(new StepFeedback(drawn.Keys, outcome.Hardness, _learner.Version, outcome.Embeddings));
    }

    private RowBuffer WithSearched(RowBuffer rows)
    {
        var all = new RowBuffer();
        for (var row = 0; row < rows.Count; row++)
            all.Add(rows.Payload(row), rows.Labels[row], rows.Weights[row]);
        _ranker.CopySearched(all);
        return all;
    }

    /// <summary>Whether it is what a user would be given from now on. The replica is left with whatever was judged last.</summary>
    private void Judge(ModelSnapshot snapshot)
    {
        using var rows = new RowBuffer();
        _ranker.CopyHeldOut(rows);
        _promoter!.Consider(snapshot, rows, Outputs(snapshot, rows), weights => Outputs(weights, rows));
    }

    private ModelCard CardOf(ModelSnapshot snapshot, IReadOnlyDictionary<string, double> heldOut) =>
        new(_task.Name, snapshot.Version, _time.GetUtcNow(), _learner.Steps, Consumed, heldOut, []);

    private float[] Outputs(ModelSnapshot snapshot, RowBuffer rows)
    {
        _replica.Adopt(snapshot);
        return RowOutputs.Of(_task, _replica, rows);
    }
}
