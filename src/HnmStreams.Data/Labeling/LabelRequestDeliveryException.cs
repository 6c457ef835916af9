namespace HnmStreams.Data.Labeling;

/// <summary>The exception for label requests that could not be delivered. Continuing would lose them, so the learner stops.</summary>
public sealed class LabelRequestDeliveryException : InvalidOperationException
{
    public LabelRequestDeliveryException()
    {
    }

    public LabelRequestDeliveryException(string message)
        : base(message)
    {
    }

    public LabelRequestDeliveryException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <param name="reason">The reason of the most recent failure.</param>
    public LabelRequestDeliveryException(long count, string topic, string reason)
        : this($"{count} label requests could not be written to {topic} ({reason}). Create the topic, allow this service to write to it, or set kafka.labelRequestsTopic to another topic. Nothing is lost: the learner resumes from its newest checkpoint.")
    {
    }
}
