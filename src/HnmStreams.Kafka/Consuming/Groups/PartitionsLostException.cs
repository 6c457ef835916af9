namespace HnmStreams.Kafka.Consuming.Groups;

/// <summary>
/// The group removed this member and assigned its partitions to others. Another member may read the records since the
/// newest checkpoint again, so the learner has to return to that checkpoint.
/// </summary>
public sealed class PartitionsLostException : InvalidOperationException
{
    public PartitionsLostException()
    {
    }

    public PartitionsLostException(string message)
        : base(message)
    {
    }

    public PartitionsLostException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    internal PartitionsLostException(string topic, string partitions)
        : this($"The group removed this member and reassigned {topic}[{partitions}]: the broker received no heartbeat for session.timeout.ms, or it lost the group's state. The learner returns to its newest checkpoint.")
    {
    }
}
