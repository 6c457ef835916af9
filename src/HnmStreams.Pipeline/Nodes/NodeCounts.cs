namespace HnmStreams.Pipeline.Nodes;

/// <summary>The counts of a score node since its start.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class NodeCounts
{
    private long _scored;
    private long _deadLettered;
    private long _batches;
    private long _bytesSent;

    public long Scored => Volatile.Read(ref _scored);

    public long DeadLettered => Volatile.Read(ref _deadLettered);

    public long Batches => Volatile.Read(ref _batches);

    public long BytesSent => Volatile.Read(ref _bytesSent);

    /// <summary>Counts a batch that is sent.</summary>
    public void Add(int scored, int deadLettered, long bytes)
    {
        Interlocked.Add(ref _scored, scored);
        Interlocked.Add(ref _deadLettered, deadLettered);
        Interlocked.Add(ref _bytesSent, bytes);
        Interlocked.Increment(ref _batches);
    }
}
