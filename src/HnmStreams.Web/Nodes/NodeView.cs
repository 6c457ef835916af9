using HnmStreams.Pipeline.Nodes;

namespace HnmStreams.Web.Nodes;

/// <summary>A score node as the API, health checks, metrics and the terminal see it.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class NodeView(TimeProvider time)
{
    private readonly long _startedAt = time.GetTimestamp();
    private ScoreNode? _node;
    private volatile string? _waitsFor;
    private volatile bool _hasFailed;

    public TimeSpan Elapsed => time.GetElapsedTime(_startedAt);

    /// <summary>True if the process has failed for good.</summary>
    public bool HasFailed => _hasFailed;

    /// <summary>The status of the node; null while the process starts.</summary>
    public ScoreNodeStatus? Status => Volatile.Read(ref _node)?.Status;

    /// <summary>The reason why the node does not score; null if it does.</summary>
    public string? WaitsFor => _waitsFor ?? (Volatile.Read(ref _node) is { } node ? node.Status.WaitsFor : "the process starts");

    public void Attach(ScoreNode node) => Volatile.Write(ref _node, node);

    /// <summary>Sets the reason for a wait before the node begins; null if the wait is over.</summary>
    public void WaitFor(string? reason) => _waitsFor = reason;

    public void Fail() => _hasFailed = true;
}
