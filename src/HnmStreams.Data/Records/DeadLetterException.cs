namespace HnmStreams.Data.Records;

/// <summary>Records that could not be decoded could not be put aside either. Going on would lose them, so the learner stops.</summary>
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

    /// <param name="reason">Of the newest.</param>
    public DeadLetterException(long count, string topic, string reason)
        : this($"{count} dead letters could not be written to {topic} ({reason}). Make the topic, let this service write to it, or name another by kafka.deadLetterTopic; nothing is lost, the learner goes on from its newest checkpoint.")
    {
    }
}
