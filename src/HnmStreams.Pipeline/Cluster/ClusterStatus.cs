namespace HnmStreams.Pipeline.Cluster;

/// <summary>The score nodes of a learner. Immutable.</summary>
/// <param name="Epoch">The epoch of the learner's lease.</param>
/// <param name="Nodes">The nodes with a session, by name.</param>
/// <param name="Sessions">Sessions since the start of this learner.</param>
/// <param name="RejectedBatches">Batches that were not admitted because their partitions did not continue at the expected positions. Their records are read again.</param>
public sealed record ClusterStatus(long Epoch, IReadOnlyList<NodeStatus> Nodes, long Sessions, long RejectedBatches)
{
    /// <summary>Ends of nodes that did not leave: their process or machine ended, or they could not be reached.</summary>
    public long LostNodes { get; init; }

    /// <summary>Offsets that nodes score one by one, because one of them may crash the process; 0 nearly always.</summary>
    public long SuspectedOffsets { get; init; }
}
