using System.Buffers;
using Akka.Actor;
using HnmStreams.Data.Rows;
using HnmStreams.Pipeline.Compute;
using HnmStreams.Pipeline.Publishing;
using HnmStreams.Pipeline.Ranking;
using HnmStreams.Tasks;
using HnmStreams.Torch.Replicas;

namespace HnmStreams.Pipeline.Evaluating;

/// <summary>
/// Judges the newest weights, on a thread of its own and a lane like everybody: on the held-out share every interval,
/// on the user's test set when asked.
/// </summary>
internal sealed class EvaluatorActor : ReceiveActor, IWithTimers
{
    private const int ChunkRows = 512;

    private readonly IMiningTask _task;
    private readonly Func<ScoringReplica> _createReplica;
    private readonly SnapshotPublisher _publisher;
    private readonly RankingPort _ranking;
    private readonly ComputeLanes _lanes;
    private readonly RowBuffer? _testSet;
    private readonly TimeSpan _interval;
    private readonly Action<EvaluationReport> _publishReport;
    private ScoringReplica? _replica;
    private IReadOnlyDictionary<string, double>? _test;

    /// <param name="testSet">Only read.</param>
    public EvaluatorActor(
        IMiningTask task,
        Func<ScoringReplica> createReplica,
        SnapshotPublisher publisher,
        RankingPort ranking,
        ComputeLanes lanes,
        RowBuffer? testSet,
        TimeSpan interval,
        Action<EvaluationReport> publishReport)
    {
        (_task, _createReplica, _publisher, _ranking, _lanes) = (task, createReplica, publisher, ranking, lanes);
        (_testSet, _interval, _publishReport) = (testSet, interval, publishReport);
        Receive<Tick>(_ => AskOutlook(new Evaluate(WithTestSet: false), ActorRefs.Nobody));
        Receive<Evaluate>(evaluate => AskOutlook(evaluate, Sender));
        Receive<Ready>(Judge);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => Timers.StartSingleTimer(nameof(Tick), new Tick(), _interval);

    protected override void PostStop() => _replica?.Dispose();

    private void AskOutlook(Evaluate evaluate, IActorRef asker)
    {
        var self = Self;
        var answer = new TaskCompletionSource<Outlook>(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = answer.Task.ContinueWith(
            done => self.Tell(new Ready(evaluate, done.Result, asker)),
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnRanToCompletion,
            TaskScheduler.Default);
        _ranking.Tell(new RankingMessage.Outlook(answer));
    }

    private void Judge(Ready ready)
    {
        using var rows = ready.Outlook.HeldOut;
        _replica ??= _createReplica();
        using (var newest = _publisher.Acquire())
        {
            if (newest.Version != _replica.Version)
                _replica.Adopt(newest);
        }

        var heldOut = Measure(rows);
        if (ready.Request.WithTestSet && _testSet is not null)
            _test = Measure(_testSet);
        var report = new EvaluationReport(heldOut, ready.Outlook.Prequential, _test, _replica.Version, rows.Count);
        _publishReport(report);
        ready.Asker.Tell(report);
        // The next interval starts now, so that a slow evaluation never queues up behind itself.
        Timers.StartSingleTimer(nameof(Tick), new Tick(), _interval);
    }

    private IReadOnlyDictionary<string, double> Measure(RowBuffer rows)
    {
        var metrics = _task.CreateMetrics(Math.Max(1, rows.Count));
        var width = _task.OutputWidth;
        var outputs = ArrayPool<float>.Shared.Rent(ChunkRows * width);
        var hardness = ArrayPool<float>.Shared.Rent(ChunkRows);
        var indices = ArrayPool<int>.Shared.Rent(ChunkRows);
        for (var from = 0; from < rows.Count; from += ChunkRows)
        {
            var count = Math.Min(ChunkRows, rows.Count - from);
            for (var i = 0; i < count; i++)
                indices[i] = from + i;
            // One chunk a turn: a large test set does not hold a lane against the trainer.
            using (_lanes.Enter())
                _replica!.Score(rows, indices.AsSpan(0, count), outputs.AsSpan(0, count * width), hardness.AsSpan(0, count));
            for (var i = 0; i < count; i++)
                metrics.Add(outputs.AsSpan(i * width, width), rows, from + i);
        }

        ArrayPool<float>.Shared.Return(outputs);
        ArrayPool<float>.Shared.Return(hardness);
        ArrayPool<int>.Shared.Return(indices);
        return metrics.Compute();
    }

    /// <summary>Asks for a report on the newest weights; answered by an <see cref="EvaluationReport"/>.</summary>
    internal sealed record Evaluate(bool WithTestSet);

    private sealed record Tick;

    private sealed record Ready(Evaluate Request, Outlook Outlook, IActorRef Asker);
}
