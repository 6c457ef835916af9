using System.Threading.Channels;
using Akka.Actor;
using Akka.Streams;
using Akka.Streams.Dsl;
using HnmStreams.Data.Records;
using HnmStreams.Pipeline.Batching;
using HnmStreams.Pipeline.Cluster.Protocol;
using HnmStreams.Pipeline.Cluster.Wire;
using HnmStreams.Pipeline.Compute;
using HnmStreams.Pipeline.Publishing;
using HnmStreams.Pipeline.Scoring;
using HnmStreams.Pipeline.Supervision;
using HnmStreams.Tasks;
using HnmStreams.Torch.Replicas;
using HnmStreams.Torch.Snapshots;

namespace HnmStreams.Pipeline.Nodes;

/// <summary>
/// The scorers of a node and the stream through them during one session: records, mini-batches, scored batches, and their parts on the way
/// to the learner.
/// </summary>
/// <remarks>Scorers are created again for each session: another learner may give its versions the numbers that an earlier one used.</remarks>
internal sealed class NodeScoring : IAsyncDisposable
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(30);

    private readonly NodeParts _parts;
    private readonly EdgeMessage.Welcome _welcome;
    private readonly SnapshotPublisher _publisher;
    private readonly IActorRef _scorers;
    private readonly SharedKillSwitch _killSwitch = KillSwitches.Shared("session");
    private readonly CancellationTokenSource _ended = new();

    /// <param name="first">The weights to begin with, which this takes over.</param>
    public NodeScoring(NodeParts parts, EdgeMessage.Welcome welcome, IActorRef learner, ModelSnapshot first)
    {
        (_parts, _welcome) = (parts, welcome);
        _publisher = new SnapshotPublisher(first);
        Served = new NodeServedModels(_publisher);
        Bounds = new LearnerBounds(welcome.State.Bounds);
        parts.NativeCalls.Suspected = new AnnouncedCalls(learner, welcome.Session, _ended.Token);
        var (publisher, task) = (_publisher, parts.Task);
        Func<ScoringReplica> replica = () => new ScoringReplica(task, parts.Device, parts.Options.Compute.Threads);
        _scorers = parts.System.ActorOf(Props.Create(() => new ScorerActor(replica, task.OutputWidth, publisher, parts.Lanes, parts.NativeCalls, parts.Time))
            .InPinnedPool(parts.Scorers));
    }

    /// <summary>The version that predicts unlabeled examples.</summary>
    public NodeServedModels Served { get; }

    /// <summary>The newest bounds of the learner.</summary>
    public LearnerBounds Bounds { get; }

    /// <summary>The version that batches are scored with.</summary>
    public long Version => _publisher.Version;

    /// <summary>Replaces the weights, which this takes over. Older ones are dropped.</summary>
    public void Adopt(ModelSnapshot snapshot)
    {
        if (snapshot.Version > _publisher.Version)
            _publisher.Publish(snapshot);
        else
            snapshot.Dispose();
    }

    /// <summary>Scores the records and sends the batches to the learner.</summary>
    /// <param name="versions">The weights of each batch in exact mode; null in live mode.</param>
    /// <returns>Completes when the records have ended and everything is sent. Fails if the connection does.</returns>
    public Task RunAsync(ChannelReader<RecordChunk> records, IVersionSchedule? versions)
    {
        var (options, task, comeLater) = (_parts.Options, _parts.Task, _parts.Inputs.LabelsComeLater);
        var batcher = new Batcher(
            task,
            _parts.Inputs.Decoder,
            _parts.Inputs.DeadLetters,
            options.Batching.Size,
            options.Evaluation.ToHeldOutSplit(),
            Bounds,
            _welcome.Batcher,
            new ExpectedOffsets(_welcome.Positions),
            new LearnerSuspects(_welcome),
            onePartition: options.IsExact,
            keepsOrder: comeLater);
        var gateway = new ScoringGateway(_scorers, options.Scoring.Timeout, _parts.ScoringTime, comeLater ? Served : null, versions);
        var encoder = task.FinishesRows ? new RowFinisher(task, _parts.Lanes, _parts.NativeCalls, _parts.LaneCount, options.IsExact) : null;
        var stage = new BatchStage(batcher, options.BatchLinger, options.Batching.PredictionLinger, _parts.Time);
        var sending = new BatchSending(_parts, Bounds, new PayloadSelection(task, _welcome.Seed, options.IsExact || comeLater), new ReadPositions(_welcome.Positions), _ended.Token);
        var predictions = comeLater ? new PredictionPublisher(task, _parts.Inputs.Predictions, _parts.PredictionLatency, _parts.Time) : null;
        return MiningGraph.Scored(records, stage, encoder, gateway, 2 * _parts.Scorers, predictions, _killSwitch)
            .SelectAsync(comeLater ? BatchSending.Parallelism : 1, sending.AcknowledgeAsync)
            .SelectMany(sending.Parts)
            .WatchTermination(static (_, done) => done)
            // The end of a session is no failure for the learner. This node sees it by the task above.
            .Via(Akka.Streams.Dsl.Flow.Create<byte[]>().RecoverWithRetries(static _ => Source.Empty<byte[]>(), 1))
            .To(((ISinkRef<byte[]>)_welcome.Batches).Sink)
            .Run(_parts.System.Materializer());
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        _killSwitch.Abort(new OperationCanceledException("The session with the learner has ended."));
        await _scorers.GracefulStop(StopTimeout);
        Served.Dispose();
        _publisher.Dispose();
        _ended.Dispose();
    }
}

/// <summary>The parts of a node that all its sessions share.</summary>
internal sealed record NodeParts(
    ActorSystem System,
    PipelineOptions Options,
    IMiningTask Task,
    ScoreNodeInputs Inputs,
    TorchSharp.torch.Device Device,
    int Scorers,
    int LaneCount,
    ComputeLanes Lanes,
    NativeCallTracker NativeCalls,
    ScoringTimeCounter ScoringTime,
    NodeCounts Counts,
    PredictionLatency PredictionLatency,
    TimeProvider Time);
