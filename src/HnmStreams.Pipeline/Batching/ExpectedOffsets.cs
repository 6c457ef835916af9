using HnmStreams.Data.Records;

namespace HnmStreams.Pipeline.Batching;

/// <summary>
/// The next offset that each partition owes. Kafka delivers at least once (a rebalance or a client that is placed again
/// may bring records a second time): what lies below was counted already.
/// </summary>
/// <param name="restored">Positions of the checkpoint that the learner goes on from.</param>
/// <remarks>Owned by the cutter. O(1) a record.</remarks>
internal sealed class ExpectedOffsets(IReadOnlyList<StreamPosition> restored)
{
    private readonly Dictionary<(string Topic, int Partition), long> _next = restored.ToDictionary(w => (w.Topic, w.Partition), w => w.NextOffset);

    public int Partitions => _next.Count;

    /// <summary>Whether the record is new; it is expected no more then.</summary>
    public bool TakesIn(string topic, int partition, long offset)
    {
        ref var next = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_next, (topic, partition), out var known);
        if (known && offset < next)
            return false;
        next = offset + 1;
        return true;
    }
}
