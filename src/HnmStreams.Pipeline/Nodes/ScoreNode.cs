using System.Threading.Channels;
using Akka.Actor;
using HnmStreams.Pipeline.Cluster.Protocol;
using HnmStreams.Pipeline.Compute;
using HnmStreams.Pipeline.Scoring;
using HnmStreams.Pipeline.Supervision;
using HnmStreams.Tasks;
using HnmStreams.Torch.Devices;
using HnmStreams.Torch.Replicas;
using Microsoft.Extensions.Logging;

namespace HnmStreams.Pipeline.Nodes;

/// <summary>
/// A stateless process that reads partitions of the stream, scores their examples with the learner's newest weights, and sends the scored batches
/// to the learner. It asks whichever process holds the learner's lease for a session, and begins a new one from the learner's positions whenever
/// the session ends: after a failure, a rebalance of its group, or a change of learner.
/// </summary>
/// <remarks>Thread-safe. <see cref="RunAsync"/> is called once.</remarks>
public sealed partial class ScoreNode : IAsyncDisposable
{
    private readonly NodeParts _parts;
    private readonly HangDetector _hangs;
    private readonly ILogger _logger;
    private readonly string _shape;
    private readonly int _offsetsInWork;
    private volatile string? _waitsFor = "the learner has not answered yet";
    private EdgeSession? _session;
    private long _sessions;

    public ScoreNode(ActorSystem system, PipelineOptions options, IMiningTask task, ScoreNodeInputs inputs, TimeProvider time, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(system);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(inputs);
        _logger = logger;
        var device = TorchDevices.Parse(options.Device);
        var lanes = options.Compute.LanesOn(device);
        var scorers = options.Scoring.CountOn(lanes);
        var nativeCalls = new NativeCallTracker(journal: null, scorers + (task.FinishesRows ? lanes : 0), time);
        _hangs = new HangDetector(nativeCalls, options.Supervision.HangAfter, time, logger);
        // Batches that are scored or encoded, the one that is filled, and those on their way to the learner.
        _offsetsInWork = options.Batching.Size * ((2 * scorers) + (task.FinishesRows ? lanes : 0) + 3);
        _parts = new NodeParts(system, options, task, inputs, device, scorers, lanes, new ComputeLanes(lanes), nativeCalls, new ScoringTimeCounter(0), new NodeCounts(), new PredictionLatency(time), time);
        system.Settings.InjectTopLevelFallback(PinnedDispatcher.Config);
        using var replica = new ScoringReplica(task, device, options.Compute.Threads);
        _shape = EdgeProtocol.ShapeOf(task, replica.Signature, inputs.LabelsComeLater);
    }

    /// <summary>Completes with the duration of a native call that has exceeded <c>pipeline.supervision.hangAfter</c>. The process has to be ended then.</summary>
    public Task<TimeSpan> Hung => _hangs.Hung;

    /// <summary>The newest status.</summary>
    public ScoreNodeStatus Status
    {
        get
        {
            var (session, counts, stream) = (Volatile.Read(ref _session), _parts.Counts, _parts.Inputs.Stream);
            return new ScoreNodeStatus(
                _parts.Inputs.Name, _waitsFor, session?.Epoch, Interlocked.Read(ref _sessions), session?.Version, stream.Partitions, counts.Scored, counts.DeadLettered, _parts.ScoringTime.Seconds, stream.BytesRead, counts.Batches, stream.Lag, counts.Sent)
            {
                PredictionLatency = _parts.PredictionLatency.Status,
            };
        }
    }

    /// <summary>Scores until it is canceled, or until the consumer fails.</summary>
    /// <exception cref="InvalidOperationException">The learner refuses this node, or the consumer has ended.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        var messages = Channel.CreateUnbounded<ReceivedMessage>(new UnboundedChannelOptions { SingleReader = true });
        var inbox = _parts.System.ActorOf(Props.Create(() => new EdgeInbox(messages.Writer)));
        try
        {
            var epoch = long.MinValue;
            while (true)
            {
                _waitsFor = "no learner answers";
                var (welcome, learner) = await MeetLearnerAsync(messages.Reader, inbox, epoch, stop);
                epoch = welcome.Epoch;
                Interlocked.Increment(ref _sessions);
                LogSession(welcome.Session, learner.Path.Address, epoch);
                await RunSessionAsync(welcome, learner, messages.Reader, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The node was stopped.
        }
        finally
        {
            _waitsFor = "the node has stopped";
            _parts.System.Stop(inbox);
        }
    }

    public ValueTask DisposeAsync()
    {
        _hangs.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Asks all processes that may be the learner until the one with the lease answers. A learner of an earlier epoch was replaced.</summary>
    private async Task<(EdgeMessage.Welcome Welcome, IActorRef Learner)> MeetLearnerAsync(ChannelReader<ReceivedMessage> messages, IActorRef inbox, long epoch, CancellationToken stop)
    {
        var hello = new EdgeMessage.Hello(EdgeProtocol.Version, _shape, _parts.Inputs.Name) { OffsetsInWork = _offsetsInWork };
        var (greetings, refusals, begun) = (0, 0, _parts.Time.GetTimestamp());
        var isMember = true;
        while (true)
        {
            if (isMember && _parts.Time.GetElapsedTime(begun) >= EdgeProtocol.LeaveGroupAfter)
            {
                isMember = false;
                LogLeavesGroup(EdgeProtocol.LeaveGroupAfter);
                await _parts.Inputs.Stream.LeaveAsync();
                _waitsFor = "no learner answers, and the node has left its consumer group";
            }

            foreach (var address in _parts.Inputs.Learners())
            {
                greetings += hello.Protocol == EdgeProtocol.Version ? 1 : 0;
                _parts.System.ActorSelection(new RootActorPath(address) / "user" / EdgeProtocol.ActorName).Tell(hello, inbox);
            }

            using var pause = CancellationTokenSource.CreateLinkedTokenSource(stop);
            await using var timer = _parts.Time.CreateTimer(_ => pause.Cancel(), null, EdgeProtocol.HelloInterval, Timeout.InfiniteTimeSpan);
            try
            {
                await foreach (var (message, sender) in messages.ReadAllAsync(pause.Token))
                {
                    if (message is EdgeMessage.Refused refused)
                    {
                        // Each greeting is answered. A refusal of the first ones may only mean that the learner speaks the version before.
                        if (++refusals > greetings)
                            throw new InvalidOperationException($"The learner refuses this node. {refused.Reason}");
                        hello = hello with { Protocol = EdgeProtocol.Version - 1 };
                    }

                    if (message is EdgeMessage.Welcome welcome && welcome.Epoch >= epoch)
                        return (welcome, sender);
                }
            }
            catch (OperationCanceledException) when (!stop.IsCancellationRequested)
            {
                // No answer yet.
            }
        }
    }

    private async Task RunSessionAsync(EdgeMessage.Welcome welcome, IActorRef learner, ChannelReader<ReceivedMessage> messages, CancellationToken stop)
    {
        await using var session = new EdgeSession(_parts, welcome, learner, reason => _waitsFor = reason, _logger);
        Volatile.Write(ref _session, session);
        var reason = await session.RunAsync(messages, stop);
        LogEnded(welcome.Session, reason);
        _waitsFor = reason;
    }

    [LoggerMessage(EventId = 390, Level = LogLevel.Information, Message = "Session {Session} with the learner {Learner} of epoch {Epoch} begins.")]
    private partial void LogSession(long session, Address learner, long epoch);

    [LoggerMessage(EventId = 391, Level = LogLevel.Information, Message = "Session {Session} has ended: {Reason}. The node asks for the learner's positions and reads again from there.")]
    private partial void LogEnded(long session, string reason);

    [LoggerMessage(EventId = 394, Level = LogLevel.Warning, Message = "No learner has answered for {Time}. The node leaves its consumer group, so that others read its partitions, and joins it again with its next session.")]
    private partial void LogLeavesGroup(TimeSpan time);
}
