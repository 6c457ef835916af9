using Confluent.Kafka;

namespace HnmStreams.Kafka.Topics;

/// <summary>The partitions of a topic that exist, requested through the connection of an existing client.</summary>
internal static class TopicPartitions
{
    /// <summary>Returns the numbers of the partitions, in ascending order; empty if the topic does not exist.</summary>
    /// <exception cref="KafkaException">No broker answered within the timeout.</exception>
    public static IReadOnlyList<int> Read(Handle client, string topic, TimeSpan timeout)
    {
        using var admin = new DependentAdminClientBuilder(client).Build();
        var found = admin.GetMetadata(topic, timeout).Topics.Find(t => string.Equals(t.Topic, topic, StringComparison.Ordinal));
        return found is null || found.Error.IsError ? [] : [.. found.Partitions.Select(partition => partition.PartitionId).Order()];
    }
}
