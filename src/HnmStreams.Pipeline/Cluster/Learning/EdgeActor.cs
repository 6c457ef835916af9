using Akka.Actor;
using Akka.Streams;
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
        var session = _edge.Sessions.Open(hello.Node, Sender);
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

    private sealed record Tick
    {
        public static Tick Instance { get; } = new();
    }

    private sealed record Opened(NodeSession Session, ISinkRef<byte[]>? Batches)
    {
        public Exception? Error { get; init; }
    }
}
