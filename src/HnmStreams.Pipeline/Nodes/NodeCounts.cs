using HnmStreams.Pipeline.Cluster;

namespace HnmStreams.Pipeline.Nodes;

/// <summary>The counts of a score node since its start.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class NodeCounts
{
    private readonly Lock _gate = new();
    private SentBytes _sent;
    private long _scored;
    private long _deadLettered;
    private long _batches;

    public long Scored => Volatile.Read(ref _scored);

    public long DeadLettered => Volatile.Read(ref _deadLettered);

    public long Batches => Volatile.Read(ref _batches);

    public SentBytes Sent
    {
        get
        {
            lock (_gate)
                return _sent;
        }
    }

    /// <summary>Counts a batch that is sent.</summary>
    public void Add(int scored, int deadLettered, in SentBytes sent)
    {
        Interlocked.Add(ref _scored, scored);
        Interlocked.Add(ref _deadLettered, deadLettered);
        Interlocked.Increment(ref _batches);
        lock (_gate)
            _sent = _sent.And(sent);
    }
}
