namespace HnmStreams.Data.Records;

/// <summary>The exception for predictions that could not be delivered. Continuing would lose them, so the learner stops.</summary>
public sealed class PredictionDeliveryException : InvalidOperationException
{
    public PredictionDeliveryException()
    {
    }

    public PredictionDeliveryException(string message)
        : base(message)
    {
    }

    public PredictionDeliveryException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <param name="reason">The reason of the most recent failure.</param>
    public PredictionDeliveryException(long count, string topic, string reason)
        : this($"{count} predictions could not be written to {topic} ({reason}). Create the topic, allow this service to write to it, or set kafka.predictionsTopic to another topic. Nothing is lost: the learner resumes from its newest checkpoint.")
    {
    }
}
