namespace HnmStreams.Kafka.Consuming.Groups;

/// <summary>
/// The group keeps assigning partitions of another topic than the configured one, also after this member left and rejoined.
/// </summary>
public sealed class StaleAssignmentException : InvalidOperationException
{
    public StaleAssignmentException()
    {
    }

    public StaleAssignmentException(string message)
        : base(message)
    {
    }

    public StaleAssignmentException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    internal StaleAssignmentException(string topic, string groupId, int attempts)
        : this($"The group '{groupId}' assigned partitions of another topic than '{topic}' {attempts} times in a row. "
            + "Set 'kafka.groupId' to another group, or 'kafka.consumer.group.instance.id' to another id.")
    {
    }
}
