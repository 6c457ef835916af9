using System.Collections.Concurrent;
using HnmStreams.Pipeline.Cluster.Protocol;

namespace HnmStreams.Pipeline.Cluster.Learning;

/// <summary>The sessions of a learner with its score nodes, one per node.</summary>
/// <remarks>Thread-safe. Opened and ended by the edge actor; the statuses are for anyone.</remarks>
internal sealed class NodeSessions(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, NodeSession> _byNode = new(StringComparer.Ordinal);

    /// <summary>The number of sessions so far.</summary>
    public long Opened { get; private set; }

    public IEnumerable<NodeSession> All => _byNode.Values;

    /// <summary>Opens a session, and ends the earlier one of the same node.</summary>
    /// <param name="lost">The session of an earlier process of the node, which has ended without leaving; null if there is none.</param>
    public NodeSession Open(EdgeMessage.Hello hello, Akka.Actor.IActorRef actor, out NodeSession? lost)
    {
        var session = new NodeSession(++Opened, hello, actor, time.GetTimestamp());
        lost = _byNode.TryGetValue(hello.Node, out var earlier) && !earlier.IsEnded && !earlier.Actor.Equals(actor) ? earlier : null;
        earlier?.End(reason: null);
        _byNode[hello.Node] = session;
        return session;
    }

    /// <summary>Returns true if a greeting of this actor was answered a moment ago, and nothing was heard of it since.</summary>
    public bool IsGreeting(string node, Akka.Actor.IActorRef actor) =>
        _byNode.TryGetValue(node, out var session) && session is { IsEnded: false, Figures: null } && session.Actor.Equals(actor) && time.GetElapsedTime(session.OpenedAt) < EdgeProtocol.GreetingTime;

    public NodeSession? Find(long id) => _byNode.Values.FirstOrDefault(session => session.Id == id);

    /// <summary>Ends a session and forgets it.</summary>
    public void End(NodeSession session, string? reason)
    {
        session.End(reason);
        _byNode.TryRemove(new KeyValuePair<string, NodeSession>(session.Node, session));
    }

    public IReadOnlyList<NodeStatus> Status() => [.. _byNode.Values.OrderBy(session => session.Node, StringComparer.Ordinal).Select(Of)];

    private NodeStatus Of(NodeSession session) => new(
        session.Node,
        session.Figures?.Partitions ?? [],
        session.Figures?.Scored ?? 0,
        session.ScoredPerSecond,
        session.Figures?.Seconds ?? 0,
        session.Figures?.BytesRead ?? 0,
        session.Figures?.BytesSent ?? 0,
        session.Figures?.Lag ?? 0,
        session.Figures?.Version ?? 0,
        session.Batches,
        session.AdmittedAt == 0 ? null : time.GetElapsedTime(session.AdmittedAt).TotalSeconds,
        time.GetElapsedTime(session.HeardAt).TotalSeconds);
}
