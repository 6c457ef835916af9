using HnmStreams.Kafka.Consuming.Status;
using HnmStreams.Pipeline;

namespace HnmStreams.Host.Cluster;

/// <summary>The consumers of all score nodes as one, for what shows the consumer of a learner.</summary>
internal static class EdgeConsumer
{
    /// <summary>Returns the status. Positions are those of the learner, and only the sum of the lag is known.</summary>
    public static ConsumerStatus StatusOf(PipelineStatus status)
    {
        var nodes = status.Cluster?.Nodes ?? [];
        var read = nodes.SelectMany(node => node.Partitions).ToHashSet();
        var positions = status.Ranking.Positions.ToDictionary(position => position.Partition, position => position.NextOffset);
        return new ConsumerStatus(
            [.. read.Union(positions.Keys).Order().Select(partition => new PartitionStatus(partition, positions.TryGetValue(partition, out var next) ? next : null, null, AtEnd: false, read.Contains(partition)))],
            Paused: false,
            EndReached: false,
            LastError: null,
            Records: status.Ranking.Stream.Consumed + status.Ranking.Stream.DeadLettered,
            Bytes: nodes.Sum(node => node.BytesRead),
            Chunks: nodes.Sum(node => node.Batches),
            Oversized: 0,
            OffsetGaps: 0,
            Pauses: 0,
            Rebalances: 0);
    }
}
