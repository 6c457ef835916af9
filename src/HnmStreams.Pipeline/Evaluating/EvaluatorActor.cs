using Akka.Actor;
using HnmStreams.Data.Rows;
using HnmStreams.Pipeline.Baselines;
using HnmStreams.Pipeline.Compute;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Flow.Promotion;
using HnmStreams.Pipeline.Publishing;
using HnmStreams.Pipeline.Ranking.Inspection;
using HnmStreams.Pipeline.Ranking.Stages;
using HnmStreams.Tasks;
using HnmStreams.Torch.Replicas;
using HnmStreams.Torch.Snapshots;

namespace HnmStreams.Pipeline.Evaluating;

/// <summary>
/// The actor that evaluates the newest weights, on its own thread and on a shared compute lane: on the held-out share once per interval,
/// and on the user's test set on request. If baselines are enabled, it evaluates them on the same rows.
/// </summary>
internal sealed class EvaluatorActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan SnapshotTimeout = TimeSpan.FromSeconds(30);

    private readonly IMiningTask _task;
    private readonly Func<ScoringReplica> _createReplica;
    private readonly SnapshotPublisher _publisher;
    private readonly RankingPort _ranking;
    private readonly ComputeLanes _lanes;
    private readonly RowBuffer? _testSet;
    private readonly TimeSpan _interval;
    private readonly IReadOnlyList<IActorRef> _baselines;
    private readonly Func<LearnerPerformance> _cost;
    private readonly PromotionGate? _gate;
    private readonly ServedModels _served;
    private readonly Action<EvaluationReport, BaselineReport?> _publishReport;
    private readonly Action<BaselineReport> _adjustBudget;
    private ScoringReplica? _replica;
    private IReadOnlyDictionary<string, double>? _test;
    private BaselineComparison? _testComparison;

    /// <param name="testSet">Used by this actor only.</param>
    /// <param name="baselines">The baseline actors, in the order of <see cref="Baseline"/>; empty if baselines are disabled.</param>
    /// <param name="cost">Returns the cost of the mined learner so far.</param>
    /// <param name="gate">Null if every new version is promoted without a gate.</param>
    /// <param name="adjustBudget">Adjusts the mining budget after a comparison with the baselines. Called on this actor's thread.</param>
    public EvaluatorActor(
        IMiningTask task,
        Func<ScoringReplica> createReplica,
        SnapshotPublisher publisher,
        RankingPort ranking,
        ComputeLanes lanes,
        RowBuffer? testSet,
        TimeSpan interval,
        IReadOnlyList<IActorRef> baselines,
        Func<LearnerPerformance> cost,
        PromotionGate? gate,
        ServedModels served,
        Action<EvaluationReport, BaselineReport?> publishReport,
        Action<BaselineReport> adjustBudget)
    {
        (_task, _createReplica, _publisher, _ranking, _lanes) = (task, createReplica, publisher, ranking, lanes);
        (_testSet, _interval, _baselines, _cost) = (testSet, interval, baselines, cost);
        (_gate, _served, _publishReport, _adjustBudget) = (gate, served, publishReport, adjustBudget);
        Receive<Tick>(_ => RequestHeldOut(new Evaluate(WithTestSet: false), ActorRefs.Nobody));
        Receive<Evaluate>(evaluate => RequestHeldOut(evaluate, Sender));
        Receive<Ready>(RequestBaselines);
        Receive<EvaluationInputs>(EvaluateAll);
        Receive<Explain>(OnExplain);
        Receive<ScoreRows>(OnScore);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => Timers.StartSingleTimer(nameof(Tick), new Tick(), _interval);

    protected override void PostStop() => _replica?.Dispose();

    private void RequestHeldOut(Evaluate evaluate, IActorRef requester)
    {
        var self = Self;
        var answer = new TaskCompletionSource<HeldOutSnapshot>(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = answer.Task.ContinueWith(
            done => self.Tell(new Ready(evaluate, done.Result, requester)),
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnRanToCompletion,
            TaskScheduler.Default);
        _ranking.Tell(new RankingMessage.GetHeldOut(answer));
    }

    /// <summary>Takes the mined weights now and asks the baselines for theirs, which they send once they have trained as far.</summary>
    private void RequestBaselines(Ready ready)
    {
        var (mined, cost) = (_publisher.Acquire(), _cost());
        if (_baselines.Count == 0)
        {
            EvaluateAll(new EvaluationInputs(ready, mined, cost, []));
            return;
        }

        var self = Self;
        _ = Task.WhenAll(_baselines.Select(c => c.Ask<BaselineSnapshot>(GetSnapshot.Instance, SnapshotTimeout))).ContinueWith(
            asked => self.Tell(new EvaluationInputs(ready, mined, cost, asked.IsCompletedSuccessfully ? asked.Result : [])),
            CancellationToken.None,
            TaskContinuationOptions.None,
            TaskScheduler.Default);
    }

    private void EvaluateAll(EvaluationInputs inputs)
    {
        using var rows = inputs.Ready.HeldOut.Rows;
        using var mined = inputs.Mined;
        var outputs = Score(mined, rows);
        var report = inputs.Baselines.Count == 0 ? EvaluateMined(inputs, rows, outputs) : EvaluateWithBaselines(inputs, rows, outputs);
        foreach (var baseline in inputs.Baselines)
            baseline.Weights.Dispose();
        // The request at the end of a run includes the test set: the last version is always considered for promotion, even if no decision is due.
        if (_gate is not null && (_gate.IsDue(mined.Version) || inputs.Ready.Request.WithTestSet))
            _gate.Consider(mined, rows, outputs, weights => Score(weights, rows));
        inputs.Ready.Requester.Tell(report);
        // The next interval starts after this evaluation, so that slow evaluations do not queue up.
        Timers.StartSingleTimer(nameof(Tick), new Tick(), _interval);
    }

    private EvaluationReport EvaluateMined(EvaluationInputs inputs, RowBuffer rows, float[] outputs)
    {
        var heldOut = new PairedEvaluation(_task, rows).Metrics(outputs);
        if (inputs.Ready.Request.WithTestSet && _testSet is not null)
            _test = new PairedEvaluation(_task, _testSet).Metrics(Score(inputs.Mined, _testSet));
        var report = Report(inputs, heldOut, rows.Count);
        _publishReport(report, null);
        return report;
    }

    private EvaluationReport EvaluateWithBaselines(EvaluationInputs inputs, RowBuffer rows, float[] outputs)
    {
        var heldOut = Compare(inputs, rows, outputs);
        if (inputs.Ready.Request.WithTestSet && _testSet is not null)
        {
            _testComparison = Compare(inputs, _testSet, Score(inputs.Mined, _testSet));
            _test = _testComparison.Mined;
        }

        var report = Report(inputs, heldOut.Mined, rows.Count);
        var (random, equalCompute) = (inputs.Baselines[0].Status, inputs.Baselines[1].Status);
        var comparison = heldOut.Report(_task.PrimaryMetric, inputs.Cost, random, equalCompute, report.ModelVersion, _testComparison);
        _publishReport(report, comparison);
        _adjustBudget(comparison);
        return report;
    }

    private EvaluationReport Report(EvaluationInputs inputs, IReadOnlyDictionary<string, double> heldOut, int count) =>
        new(heldOut, inputs.Ready.HeldOut.Prequential, _test, inputs.Mined.Version, count);

    private BaselineComparison Compare(EvaluationInputs inputs, RowBuffer rows, float[] mined)
    {
        var random = Score(inputs.Baselines[0].Weights, rows);
        var equalCompute = Score(inputs.Baselines[1].Weights, rows);
        // The leave-one-group-out comparison is compute work as well.
        using var turn = _lanes.Enter();
        return BaselineComparison.Of(new PairedEvaluation(_task, rows), mined, random, equalCompute);
    }

    private void OnExplain(Explain explain)
    {
        using var neighborhood = explain.Neighborhood;
        using var newest = _publisher.Acquire();
        Sender.Tell(HardnessExplainer.Explain(_task, ReplicaOf(newest), _lanes, neighborhood));
    }

    private void OnScore(ScoreRows request)
    {
        using var rows = request.Rows;
        using var served = _served.Acquire();
        var replica = ReplicaOf(served.Snapshot);
        var outputs = new float[rows.Count * _task.OutputWidth];
        using var turn = _lanes.Enter();
        replica.Predict(rows, [.. Enumerable.Range(0, rows.Count)], outputs);
        Sender.Tell(new RowScores(served.Snapshot.Version, served.Card, outputs));
    }

    private ScoringReplica ReplicaOf(ModelSnapshot weights)
    {
        _replica ??= _createReplica();
        _replica.Adopt(weights);
        return _replica;
    }

    private float[] Score(ModelSnapshot weights, RowBuffer rows) => RowOutputs.Of(_task, ReplicaOf(weights), rows, _lanes);

    /// <summary>A request to evaluate the newest weights. The reply is an <see cref="EvaluationReport"/>.</summary>
    internal sealed record Evaluate(bool WithTestSet);

    /// <summary>A request to explain why a candidate is hard. The reply is an <see cref="Explanation"/>. The evaluator disposes the rows.</summary>
    internal sealed record Explain(Neighborhood Neighborhood);

    /// <summary>A request for the outputs of the promoted model. The reply is a <see cref="RowScores"/>. The evaluator disposes the rows.</summary>
    internal sealed record ScoreRows(RowBuffer Rows);

    /// <param name="Card">Null if no version was promoted yet; the outputs are then those of the newest version.</param>
    /// <param name="Outputs">The outputs of all rows, concatenated.</param>
    internal sealed record RowScores(long Version, ModelCard? Card, float[] Outputs);

    private sealed record Tick;

    private sealed record Ready(Evaluate Request, HeldOutSnapshot HeldOut, IActorRef Requester);

    /// <param name="Baselines">Empty if baselines are disabled or did not answer in time.</param>
    private sealed record EvaluationInputs(Ready Ready, ModelSnapshot Mined, LearnerPerformance Cost, IReadOnlyList<BaselineSnapshot> Baselines);
}
