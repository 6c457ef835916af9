using Akka;
using Akka.Actor;
using Akka.Streams;
using Akka.Streams.Dsl;
using HnmStreams.Data.Records;
using HnmStreams.Pipeline.Checkpointing.Crashes;
using HnmStreams.Pipeline.Cluster.Learning;
using HnmStreams.Pipeline.Cluster.Protocol;
using HnmStreams.Pipeline.Cluster.Wire;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Flow.Sharing;
using HnmStreams.Pipeline.Publishing;
using HnmStreams.Pipeline.Scoring;
using Microsoft.Extensions.Logging;

namespace HnmStreams.Pipeline.Cluster;

/// <summary>
/// The edge between a learner and its score nodes, in the learner's process: it receives scored batches, admits those that continue exactly at the
/// expected positions, and passes them to the ranking stage in place of the local scorers.
/// </summary>
/// <param name="epoch">The epoch of the learner's lease.</param>
/// <param name="weightsUrl">The address at which nodes load weights, with a slash at the end.</param>
/// <remarks>Thread-safe. For one learner.</remarks>
public sealed partial class LearnerEdge(ActorSystem system, long epoch, string weightsUrl, TimeProvider time, ILoggerFactory logs) : IAsyncDisposable
{
    /// <summary>The HTTP header of the weights that holds the number of their version.</summary>
    public const string WeightsVersionHeader = "Hnm-Model-Version";

    /// <summary>The HTTP header of the promoted weights that holds their card as JSON.</summary>
    public const string ModelCardHeader = "Hnm-Model-Card";

    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(10);

    private readonly ILogger _logger = logs.CreateLogger<LearnerEdge>();
    private readonly Lock _gate = new();
    private Sink<NodeBatch, NotUsed> _hub = null!;
    private Admission _admission = null!;
    private LearnerEdgeParts _parts = null!;
    private PublishedWeights _weights = null!;
    private NodeCrashes _crashes = null!;
    private IReadOnlyList<StreamPosition> _positions = [];
    private IReadOnlyList<StreamPosition> _durable = [];
    private KeepBounds _bounds = KeepBounds.All;
    private IActorRef? _actor;

    /// <summary>Completes while batches may be admitted. While it does not, the nodes wait, and their consumers pause.</summary>
    public Func<Task> WhenOpen { get; init; } = static () => Task.CompletedTask;

    internal NodeSessions Sessions { get; } = new(time);

    internal TimeProvider Time => time;

    internal IMaterializer Materializer { get; } = system.Materializer();

    /// <summary>The nodes and their figures.</summary>
    public ClusterStatus Status
    {
        get
        {
            lock (_gate)
                return new ClusterStatus(epoch, Sessions.Status(), Sessions.Opened, _admission?.Rejected ?? 0) { LostNodes = _crashes?.Count ?? 0, SuspectedOffsets = OffsetSet.Count(_crashes?.Suspects ?? []) };
        }
    }

    /// <summary>Returns the newest weights, or in exact mode those that score a batch once they exist, as safetensors. They are kept for the next node that asks.</summary>
    /// <param name="batch">The number of the batch in exact mode; null for the newest.</param>
    public Task<(long Version, ReadOnlyMemory<byte> Safetensors)> WeightsAsync(long? batch) => _weights.ReadAsync(batch);

    /// <summary>Returns the promoted weights as safetensors, with their card as JSON, which predict unlabeled examples. Null before the first promotion.</summary>
    public (long Version, ReadOnlyMemory<byte> Safetensors, string Card)? PromotedWeights() => _weights.ReadPromoted();

    /// <summary>Notes the positions of a checkpoint, which nodes may commit.</summary>
    public void Commit(IReadOnlyList<StreamPosition> durable) => Volatile.Write(ref _durable, durable);

    /// <summary>Ends all sessions. Batches that were admitted are still taken into the state.</summary>
    public async Task CloseAsync()
    {
        if (Interlocked.Exchange(ref _actor, null) is { } actor)
            await actor.GracefulStop(StopTimeout);
    }

    public async ValueTask DisposeAsync() => await CloseAsync();

    /// <summary>Returns the source of admitted batches. Called once, before <see cref="Start"/>.</summary>
    internal Source<ExampleBatch, NotUsed> Open(LearnerEdgeParts parts)
    {
        _parts = parts;
        _positions = parts.Positions;
        _admission = new Admission(parts.Positions, parts.Batcher);
        _weights = new PublishedWeights(parts.Newest, parts.Versions, parts.Promoted);
        _crashes = new NodeCrashes(parts.Journal, epoch);
        // One batch per node waits here; then the node's stream has no demand, its channel fills and its consumer pauses.
        (_hub, var batches) = MergeHub.Source<NodeBatch>(perProducerBufferSize: 1).PreMaterialize(Materializer);
        return batches.SelectAsync(1, WaitUntilOpenAsync).Where(Admit).Select(static received => received.Batch);
    }

    /// <summary>Begins to answer nodes, once the stream of <see cref="Open"/> runs.</summary>
    internal void Start() => _actor = system.ActorOf(Props.Create(() => new EdgeActor(this, _logger)), EdgeProtocol.ActorName);

    /// <summary>Returns a listener for the positions up to which the state contains the stream, which passes them on.</summary>
    internal IPositionSink Following(IPositionSink next) => new PositionListener(this, next);

    /// <summary>Sets the bounds by which nodes select payloads.</summary>
    internal void SetBounds(KeepBounds bounds)
    {
        lock (_gate)
            _bounds = bounds;
    }

    /// <summary>Adds compute time of nodes to the cost of mining.</summary>
    internal void AddScoring(TimeSpan elapsed) => _parts.Scoring.Add(elapsed);

    /// <summary>The offsets that nodes score one by one, because one of them may crash the process.</summary>
    internal IReadOnlyList<OffsetSpan> Suspects
    {
        get
        {
            lock (_gate)
                return _crashes.Suspects;
        }
    }

    /// <summary>Counts the end of a node that did not leave.</summary>
    /// <returns>The poison record that this finds; null if it finds none.</returns>
    internal PoisonRecord? CountLost(NodeSession session)
    {
        var partitions = session.Figures?.Partitions ?? [];
        lock (_gate)
        {
            var expected = _admission.Expected;
            // Of a partition without an admitted batch, the node has announced where it began.
            var begun = session.FirstAnnounced.Where(span => !expected.Any(p => p.Partition == span.Partition && string.Equals(p.Topic, span.Topic, StringComparison.Ordinal)));
            return _crashes.Add(
                session.InNativeCode,
                [
                    .. expected.Where(p => partitions.Contains(p.Partition)).Select(p => new OffsetSpan(p.Topic, p.Partition, p.NextOffset, p.NextOffset + session.Hello.OffsetsInWork - 1)),
                    .. begun.Select(span => span with { Last = span.First + session.Hello.OffsetsInWork - 1 }),
                ]);
        }
    }

    internal string? ReasonToRefuse(EdgeMessage.Hello hello)
    {
        if (hello.Protocol is not (EdgeProtocol.Version or EdgeProtocol.Version - 1) || hello.Protocol < 1)
            return $"The node speaks version {hello.Protocol} of the protocol, but the learner speaks {EdgeProtocol.Version} and the version before. Update score nodes first, then the learner.";
        return string.Equals(hello.Shape, _parts.Shape, StringComparison.Ordinal)
            ? null
            : $"The node's task and network are '{hello.Shape}', but those of the learner are '{_parts.Shape}'. Give both the same settings of task and model.";
    }

    internal EdgeMessage.Admitted State()
    {
        lock (_gate)
            return new EdgeMessage.Admitted(epoch, Volatile.Read(ref _positions), Volatile.Read(ref _durable), _weights.NewestVersion, _bounds) { Served = _parts.LabelsComeLater ? _weights.PromotedVersion : null };
    }

    internal EdgeMessage.Welcome WelcomeTo(NodeSession session, ISinkRef<byte[]> batches)
    {
        var state = State();
        lock (_gate)
        {
            return new EdgeMessage.Welcome(epoch, session.Id, _parts.Seed, _admission.Expected, _admission.BatcherState, batches, weightsUrl, state)
            {
                Protocol = session.Hello.Protocol,
                Suspects = _crashes.Suspects,
                PoisonRecords = _crashes.PoisonRecords,
            };
        }
    }

    /// <summary>Returns the stream that receives the parts of a node's batches.</summary>
    internal IRunnableGraph<(UniqueKillSwitch, Task<ISinkRef<byte[]>>)> Receive(NodeSession session)
    {
        var joiner = new BatchParts.Joiner();
        return StreamRefs.SinkRef<byte[]>()
            .ViaMaterialized(KillSwitches.Single<byte[]>(), static (reference, stream) => (stream, reference))
            .SelectMany(part => joiner.Add(part) is { } bytes ? [Read(session, bytes)] : Array.Empty<NodeBatch>())
            // The end of one node ends none of the others.
            .Via(Akka.Streams.Dsl.Flow.Create<NodeBatch>().RecoverWithRetries(error => Ended(session, error), 1))
            .Async().AddAttributes(StreamBuffers.OneInFlight)
            .To(_hub);
    }

    private async Task<NodeBatch> WaitUntilOpenAsync(NodeBatch received)
    {
        await WhenOpen();
        return received;
    }

    private NodeBatch Read(NodeSession session, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return new NodeBatch(session, ScoredBatchCodec.Read(bytes, _parts.OutputWidth), bytes.Length);
        }
        catch (InvalidDataException e)
        {
            session.End($"a batch could not be read: {e.Message}");
            throw;
        }
    }

    private Source<NodeBatch, NotUsed> Ended(NodeSession session, Exception error)
    {
        LogStreamFailed(error, session.Node);
        return Source.Empty<NodeBatch>();
    }

    private bool Admit(NodeBatch received)
    {
        var (session, batch) = (received.Session, received.Batch);
        bool isAdmitted;
        lock (_gate)
        {
            isAdmitted = !session.IsEnded && _admission.TryAdmit(batch);
            if (isAdmitted)
                _crashes.Admitted(batch);
        }

        if (isAdmitted)
        {
            session.Admitted(received.Bytes, time.GetTimestamp());
            return true;
        }

        batch.Dispose();
        if (!session.IsEnded)
        {
            LogRejected(session.Node, batch.Spans.Count > 0 ? batch.Spans[0] : default);
            session.End("a batch does not continue at the expected positions");
        }

        return false;
    }

    private sealed class PositionListener(LearnerEdge edge, IPositionSink next) : IPositionSink
    {
        public void Advance(IReadOnlyList<StreamPosition> positions)
        {
            next.Advance(positions);
            Volatile.Write(ref edge._positions, positions);
        }
    }

    [LoggerMessage(EventId = 385, Level = LogLevel.Information, Message = "A batch of the score node {Node} is not admitted, because {Span} does not continue at the expected position. The node reads again.")]
    private partial void LogRejected(string node, OffsetSpan span);

    [LoggerMessage(EventId = 386, Level = LogLevel.Warning, Message = "The stream of batches of the score node {Node} has failed.")]
    private partial void LogStreamFailed(Exception error, string node);
}

/// <summary>The parts of the learner that the edge depends on.</summary>
/// <param name="Shape">See <see cref="EdgeProtocol.ShapeOf"/>.</param>
/// <param name="Positions">The positions of the checkpoint that the learner resumes from.</param>
/// <param name="Newest">The newest weights.</param>
/// <param name="Versions">The weights of each batch in exact mode; null in live mode.</param>
/// <param name="Promoted">The promoted versions.</param>
/// <param name="LabelsComeLater">True if nodes predict unlabeled examples.</param>
/// <param name="Journal">The crash journal; null if no state is kept.</param>
/// <param name="Scoring">The compute time of scoring, to which that of the nodes is added.</param>
internal sealed record LearnerEdgeParts(
    string Shape, int OutputWidth, ulong Seed, IReadOnlyList<StreamPosition> Positions, BatcherState Batcher, SnapshotPublisher Newest, VersionSchedule? Versions, ModelRegistry Promoted, bool LabelsComeLater, CrashJournal? Journal, ScoringTimeCounter Scoring);
