namespace HnmStreams.Kafka.Consuming;

/// <summary>
/// The group went on without this member and has given its partitions away: what was read of them since the newest
/// checkpoint may be read by another, so the learner goes back to that checkpoint.
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
        : this($"{topic}[{partitions}] were lost: the group heard nothing of this member for session.timeout.ms, or the broker forgot it. The learner goes back to its newest checkpoint.")
    {
    }
}
