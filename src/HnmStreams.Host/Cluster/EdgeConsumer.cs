using HnmStreams.Kafka.Consuming.Status;
using HnmStreams.Pipeline;

namespace HnmStreams.Host.Cluster;

/// <summary>The consumers of all score nodes as one, for what shows the consumer of a learner.</summary>
internal static class EdgeConsumer
{
    /// <summary>Returns the status. Positions are those of the learner, and only the sum of the lag is known.</summary>
    /// <param name="topic">The topic of examples. The positions of the topic of labels are not part of it.</param>
    public static ConsumerStatus StatusOf(PipelineStatus status, string topic)
    {
        var nodes = status.Cluster?.Nodes ?? [];
        var read = nodes.SelectMany(node => node.Partitions).ToHashSet();
        var positions = status.Ranking.Positions.Where(position => string.Equals(position.Topic, topic, StringComparison.Ordinal)).ToDictionary(position => position.Partition, position => position.NextOffset);
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
