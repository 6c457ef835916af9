using Akka.Actor;
using Akka.Streams;
using HnmStreams.Data.Records;
using HnmStreams.Pipeline.Checkpointing.Crashes;
using HnmStreams.Pipeline.Cluster.Protocol;
using Microsoft.Extensions.Logging;

namespace HnmStreams.Pipeline.Cluster.Learning;

/// <summary>
/// The learner's end of the edge: opens sessions for score nodes, and tells all of them the state of the learner every
/// <see cref="EdgeProtocol.StateInterval"/>. A node that is silent for <see cref="EdgeProtocol.Silence"/> loses its session.
/// </summary>
internal sealed partial class EdgeActor : ReceiveActor, IWithTimers
{
    private readonly LearnerEdge _edge;
    private readonly ILogger _logger;

    public EdgeActor(LearnerEdge edge, ILogger logger)
    {
        (_edge, _logger) = (edge, logger);
        Receive<EdgeMessage.Hello>(OpenSession);
        Receive<EdgeMessage.Alive>(Note);
        Receive<EdgeMessage.Entering>(entering => NoteNativeCode(entering.Session, entering.Offsets));
        Receive<EdgeMessage.Returned>(returned => NoteNativeCode(returned.Session, null));
        Receive<EdgeMessage.Leave>(leave => EndSession(leave.Session));
        Receive<Opened>(opened => Greet(opened));
        Receive<Tick>(_ => SendState());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => Timers.StartPeriodicTimer(nameof(Tick), Tick.Instance, EdgeProtocol.StateInterval);

    protected override void PostStop()
    {
        foreach (var session in _edge.Sessions.All)
            _edge.Sessions.End(session, "the learner has ended");
    }

    private void OpenSession(EdgeMessage.Hello hello)
    {
        if (_edge.ReasonToRefuse(hello) is { } reason)
        {
            LogRefused(hello.Node, reason);
            Sender.Tell(new EdgeMessage.Refused(reason));
            return;
        }

        if (_edge.Sessions.IsGreeting(hello.Node, Sender))
            return;
        var session = _edge.Sessions.Open(hello, Sender, out var lost);
        if (lost is not null)
            CountLost(lost);
        // Materialized in this actor's context, so that the stream ends with it.
        var (stream, reference) = _edge.Receive(session).Run(_edge.Materializer);
        session.Stream = stream;
        _ = reference.PipeTo(Self, Self, batches => new Opened(session, batches), error => new Opened(session, null) { Error = error });
    }

    private void Greet(Opened opened)
    {
        if (opened.Batches is null)
        {
            LogNotOpened(opened.Session.Node, opened.Error?.Message);
            _edge.Sessions.End(opened.Session, "the stream of batches could not be opened");
            return;
        }

        LogOpened(opened.Session.Node, opened.Session.Id);
        opened.Session.Actor.Tell(_edge.WelcomeTo(opened.Session, opened.Batches));
    }

    private void Note(EdgeMessage.Alive alive)
    {
        if (_edge.Sessions.Find(alive.Session)?.Heard(alive, _edge.Time) is { } scoring)
            _edge.AddScoring(scoring);
    }

    private void NoteNativeCode(long id, IReadOnlyList<OffsetSpan>? offsets)
    {
        // A node without a session waits in vain until it learns that its session has ended.
        if (_edge.Sessions.Find(id) is not { IsEnded: false } session)
            return;
        session.NoteNativeCode(offsets);
        Sender.Tell(new EdgeMessage.Noted(id));
    }

    private void CountLost(NodeSession session)
    {
        if (_edge.CountLost(session) is { } record)
            LogPoisonRecord(record.Topic, record.Partition, record.Offset, record.Crashes);
        else if (_edge.Suspects is { Count: > 0 } suspects)
            LogSearching(session.Node, OffsetSet.Count(suspects));
        else
            LogLost(session.Node);
    }

    private void EndSession(long id)
    {
        if (_edge.Sessions.Find(id) is not { } session)
            return;
        LogLeft(session.Node);
        _edge.Sessions.End(session, reason: null);
    }

    private void SendState()
    {
        var state = _edge.State();
        foreach (var session in _edge.Sessions.All)
        {
            if (session.IsEnded)
            {
                _edge.Sessions.End(session, reason: null);
            }
            else if (_edge.Time.GetElapsedTime(session.HeardAt) > EdgeProtocol.Silence)
            {
                LogSilent(session.Node, EdgeProtocol.Silence);
                _edge.Sessions.End(session, "nothing was heard of the node");
                CountLost(session);
            }
            else
            {
                session.Actor.Tell(state);
            }
        }
    }

    [LoggerMessage(EventId = 380, Level = LogLevel.Information, Message = "The score node {Node} is connected (session {Session}).")]
    private partial void LogOpened(string node, long session);

    [LoggerMessage(EventId = 381, Level = LogLevel.Warning, Message = "The score node {Node} is refused: {Reason}")]
    private partial void LogRefused(string node, string reason);

    [LoggerMessage(EventId = 382, Level = LogLevel.Information, Message = "The score node {Node} has left.")]
    private partial void LogLeft(string node);

    [LoggerMessage(EventId = 383, Level = LogLevel.Warning, Message = "Nothing was heard of the score node {Node} for {Silence}. Its session ends; others may read its partitions.")]
    private partial void LogSilent(string node, TimeSpan silence);

    [LoggerMessage(EventId = 384, Level = LogLevel.Error, Message = "The stream of batches of the score node {Node} could not be opened: {Reason}")]
    private partial void LogNotOpened(string node, string? reason);

    [LoggerMessage(EventId = 387, Level = LogLevel.Warning, Message = "The score node {Node} has ended without leaving. If that happens again at the same offsets, nodes score them one by one until a record that crashes the process is found.")]
    private partial void LogLost(string node);

    [LoggerMessage(EventId = 388, Level = LogLevel.Warning, Message = "The score node {Node} has ended without leaving, again at the same offsets as others or near them. Nodes score {Count} suspected offsets one by one.")]
    private partial void LogSearching(string node, long count);

    [LoggerMessage(EventId = 389, Level = LogLevel.Error, Message = "{Topic}[{Partition}]@{Offset} crashed {Crashes} score nodes, twice in sequence alone. It goes to the dead letters.")]
    private partial void LogPoisonRecord(string topic, int partition, long offset, int crashes);

    private sealed record Tick
    {
        public static Tick Instance { get; } = new();
    }

    private sealed record Opened(NodeSession Session, ISinkRef<byte[]>? Batches)
    {
        public Exception? Error { get; init; }
    }
}
