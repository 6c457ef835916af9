namespace HnmStreams.Data.Records;

/// <summary>The exception for dead letters that could not be written. Continuing would lose these records, so the learner stops.</summary>
public sealed class DeadLetterException : InvalidOperationException
{
    public DeadLetterException()
    {
    }

    public DeadLetterException(string message)
        : base(message)
    {
    }

    public DeadLetterException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <param name="reason">The reason of the most recent failure.</param>
    public DeadLetterException(long count, string topic, string reason)
        : this($"{count} dead letters could not be written to {topic} ({reason}). Create the topic, allow this service to write to it, or set kafka.deadLetterTopic to another topic. Nothing is lost: the learner resumes from its newest checkpoint.")
    {
    }
}
