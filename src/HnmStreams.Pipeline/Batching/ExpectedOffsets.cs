using HnmStreams.Data.Records;

namespace HnmStreams.Pipeline.Batching;

/// <summary>
/// The next expected offset of each partition. Kafka delivers at least once (records may be delivered again after a rebalance or a
/// reconnect); records below the expected offset are already part of the state.
/// </summary>
/// <param name="restored">Positions of the checkpoint that the learner resumes from.</param>
/// <remarks>Owned by the batcher. O(1) per record.</remarks>
internal sealed class ExpectedOffsets(IReadOnlyList<StreamPosition> restored)
{
    private readonly Dictionary<(string Topic, int Partition), long> _next = restored.ToDictionary(w => (w.Topic, w.Partition), w => w.NextOffset);

    public int Partitions => _next.Count;

    /// <summary>Returns true if the record is new, and advances the expected offset past it.</summary>
    public bool Accept(string topic, int partition, long offset)
    {
        ref var next = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_next, (topic, partition), out var known);
        if (known && offset < next)
            return false;
        next = offset + 1;
        return true;
    }
}
