using Confluent.Kafka;

namespace HnmStreams.Kafka.Consuming.Groups;

/// <summary>
/// The rules by which an assignment is compared with the configured topic and with the partitions that exist. Pure.
/// A static member that restarts within the session timeout gets its old assignment (KIP-345), even if its subscription or
/// the number of partitions has changed since.
/// </summary>
internal static class AssignmentCheck
{
    /// <summary>Returns the assigned topics that differ from the configured one, in order and without duplicates.</summary>
    public static IReadOnlyList<string> ForeignTopics(string topic, IEnumerable<TopicPartition> assigned) =>
    [
        .. assigned.Select(partition => partition.Topic)
            .Where(name => !string.Equals(name, topic, StringComparison.Ordinal))
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Returns the existing partitions of the topic that are assigned to no member, in ascending order.</summary>
    /// <param name="existing">The numbers of the partitions that exist.</param>
    /// <param name="assigned">The assignments of all members of the group.</param>
    public static IReadOnlyList<int> Uncovered(string topic, IEnumerable<int> existing, IEnumerable<TopicPartition> assigned)
    {
        var covered = assigned
            .Where(partition => string.Equals(partition.Topic, topic, StringComparison.Ordinal))
            .Select(partition => partition.Partition.Value)
            .ToHashSet();
        return [.. existing.Where(partition => !covered.Contains(partition)).Order()];
    }
}
