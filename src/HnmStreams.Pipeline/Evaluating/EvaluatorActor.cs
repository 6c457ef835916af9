using Akka.Actor;
using HnmStreams.Data.Rows;
using HnmStreams.Pipeline.Baselines;
using HnmStreams.Pipeline.Compute;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Publishing;
using HnmStreams.Pipeline.Ranking;
using HnmStreams.Tasks;
using HnmStreams.Torch.Replicas;
using HnmStreams.Torch.Snapshots;

namespace HnmStreams.Pipeline.Evaluating;

/// <summary>
/// Judges the newest weights, on a thread of its own and a lane like everybody: on the held-out share every interval,
/// on the user's test set when asked; beside those of the baselines where there are any.
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
    private readonly Promoter? _promoter;
    private readonly ModelRegistry _registry;
    private readonly Action<EvaluationReport, BaselineReport?> _publishReport;
    private ScoringReplica? _replica;
    private IReadOnlyDictionary<string, double>? _test;
    private BaselineComparison? _testComparison;

    /// <param name="testSet">This actor's alone.</param>
    /// <param name="controls">The baselines, in the order of <see cref="Baseline"/>; none where they are off.</param>
    /// <param name="cost">What the mined learner has cost so far.</param>
    /// <param name="promoter">Null where the newest version is the latest.</param>
    public EvaluatorActor(
        IMiningTask task,
        Func<ScoringReplica> createReplica,
        SnapshotPublisher publisher,
        RankingPort ranking,
        ComputeLanes lanes,
        RowBuffer? testSet,
        TimeSpan interval,
        IReadOnlyList<IActorRef> controls,
        Func<LearnerPerformance> cost,
        Promoter? promoter,
        ModelRegistry registry,
        Action<EvaluationReport, BaselineReport?> publishReport)
    {
        (_task, _createReplica, _publisher, _ranking, _lanes) = (task, createReplica, publisher, ranking, lanes);
        (_testSet, _interval, _baselines, _cost) = (testSet, interval, controls, cost);
        (_promoter, _registry, _publishReport) = (promoter, registry, publishReport);
        Receive<Tick>(_ => AskOutlook(new Evaluate(WithTestSet: false), ActorRefs.Nobody));
        Receive<Evaluate>(evaluate => AskOutlook(evaluate, Sender));
        Receive<Ready>(AskSnapshots);
        Receive<Contestants>(Judge);
        Receive<Explain>(OnExplain);
        Receive<ScoreRows>(OnScore);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => Timers.StartSingleTimer(nameof(Tick), new Tick(), _interval);

    protected override void PostStop() => _replica?.Dispose();

    private void AskOutlook(Evaluate evaluate, IActorRef asker)
    {
        var self = Self;
        var answer = new TaskCompletionSource<HeldOutSnapshot>(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = answer.Task.ContinueWith(
            done => self.Tell(new Ready(evaluate, done.Result, asker)),
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnRanToCompletion,
            TaskScheduler.Default);
        _ranking.Tell(new RankingMessage.GetHeldOut(answer));
    }

    /// <summary>The mined weights are taken now: the baselines answer when they have come as far.</summary>
    private void AskSnapshots(Ready ready)
    {
        var (mined, cost) = (_publisher.Acquire(), _cost());
        if (_baselines.Count == 0)
        {
            Judge(new Contestants(ready, mined, cost, []));
            return;
        }

        var self = Self;
        _ = Task.WhenAll(_baselines.Select(c => c.Ask<BaselineSnapshot>(GetSnapshot.Instance, SnapshotTimeout))).ContinueWith(
            asked => self.Tell(new Contestants(ready, mined, cost, asked.IsCompletedSuccessfully ? asked.Result : [])),
            CancellationToken.None,
            TaskContinuationOptions.None,
            TaskScheduler.Default);
    }

    private void Judge(Contestants contestants)
    {
        using var rows = contestants.Ready.HeldOutSnapshot.HeldOut;
        using var mined = contestants.Mined;
        var outputs = Score(mined, rows);
        var report = contestants.Controls.Count == 0 ? JudgeAlone(contestants, rows, outputs) : JudgeBeside(contestants, rows, outputs);
        foreach (var control in contestants.Controls)
            control.Weights.Dispose();
        // Whoever asks wants to know how it ends: the last version is considered whenever the decision before was.
        if (_promoter is not null && (_promoter.IsDue(mined.Version) || contestants.Ready.Request.WithTestSet))
            _promoter.Consider(mined, rows, outputs, weights => Score(weights, rows));
        contestants.Ready.Asker.Tell(report);
        // The next interval starts now, so that a slow evaluation never queues up behind itself.
        Timers.StartSingleTimer(nameof(Tick), new Tick(), _interval);
    }

    private EvaluationReport JudgeAlone(Contestants contestants, RowBuffer rows, float[] outputs)
    {
        var heldOut = new PairedEvaluation(_task, rows).Metrics(outputs);
        if (contestants.Ready.Request.WithTestSet && _testSet is not null)
            _test = new PairedEvaluation(_task, _testSet).Metrics(Score(contestants.Mined, _testSet));
        var report = Report(contestants, heldOut, rows.Count);
        _publishReport(report, null);
        return report;
    }

    private EvaluationReport JudgeBeside(Contestants contestants, RowBuffer rows, float[] outputs)
    {
        var heldOut = Compare(contestants, rows, outputs);
        if (contestants.Ready.Request.WithTestSet && _testSet is not null)
        {
            _testComparison = Compare(contestants, _testSet, Score(contestants.Mined, _testSet));
            _test = _testComparison.Mined;
        }

        var report = Report(contestants, heldOut.Mined, rows.Count);
        var (random, equalCompute) = (contestants.Controls[0].Status, contestants.Controls[1].Status);
        _publishReport(report, heldOut.Report(_task.PrimaryMetric, contestants.Cost, random, equalCompute, report.ModelVersion, _testComparison));
        return report;
    }

    private EvaluationReport Report(Contestants contestants, IReadOnlyDictionary<string, double> heldOut, int count) =>
        new(heldOut, contestants.Ready.HeldOutSnapshot.Prequential, _test, contestants.Mined.Version, count);

    private BaselineComparison Compare(Contestants contestants, RowBuffer rows, float[] mined)
    {
        var random = Score(contestants.Controls[0].Weights, rows);
        var equalCompute = Score(contestants.Controls[1].Weights, rows);
        // Leaving out one group after the other is computing too.
        using var turn = _lanes.Enter();
        return BaselineComparison.Of(new PairedEvaluation(_task, rows), mined, random, equalCompute);
    }

    private void OnExplain(Explain explain)
    {
        using var neighbourhood = explain.Neighbourhood;
        using var newest = _publisher.Acquire();
        Sender.Tell(Explainer.Explain(_task, With(newest), _lanes, neighbourhood));
    }

    private void OnScore(ScoreRows asked)
    {
        using var rows = asked.Rows;
        using var latest = _registry.TakeLatest();
        using var newest = latest is null ? _publisher.Acquire() : null;
        var weights = latest?.Snapshot ?? newest!;
        Sender.Tell(new RowScores(weights.Version, latest?.Card, Score(weights, rows)));
    }

    private ScoringReplica With(ModelSnapshot weights)
    {
        _replica ??= _createReplica();
        _replica.Adopt(weights);
        return _replica;
    }

    private float[] Score(ModelSnapshot weights, RowBuffer rows) => RowOutputs.Of(_task, With(weights), rows, _lanes);

    /// <summary>Asks for a report on the newest weights; answered by an <see cref="EvaluationReport"/>.</summary>
    internal sealed record Evaluate(bool WithTestSet);

    /// <summary>Asks why a candidate is hard; answered by an <see cref="Explanation"/>. The evaluator disposes the rows.</summary>
    internal sealed record Explain(Neighbourhood Neighbourhood);

    /// <summary>Asks for the latest model's outputs; answered by <see cref="RowScores"/>. The evaluator disposes the rows.</summary>
    internal sealed record ScoreRows(RowBuffer Rows);

    /// <param name="Card">Null where no version was promoted: it is the newest then.</param>
    /// <param name="Outputs">Row after row.</param>
    internal sealed record RowScores(long Version, ModelCard? Card, float[] Outputs);

    private sealed record Tick;

    private sealed record Ready(Evaluate Request, HeldOutSnapshot HeldOutSnapshot, IActorRef Asker);

    /// <param name="Controls">None where they are off, or did not answer in time.</param>
    private sealed record Contestants(Ready Ready, ModelSnapshot Mined, LearnerPerformance Cost, IReadOnlyList<BaselineSnapshot> Controls);
}
