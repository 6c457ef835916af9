namespace HnmStreams.Kafka.Consuming;

/// <summary>A partition ends below its watermark: the topic was re-created or cut off, and going on would skip or repeat records unseen.</summary>
public sealed class StaleWatermarkException : InvalidOperationException
{
    public StaleWatermarkException()
    {
    }

    public StaleWatermarkException(string message)
        : base(message)
    {
    }

    public StaleWatermarkException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    internal StaleWatermarkException(string topic, int partition, long watermark, long end)
        : this($"{topic}[{partition}] ends at offset {end}, but the state holds everything below {watermark}: the topic was re-created or cut off. "
            + "Start without the old watermarks (a fresh state, with --from earliest or latest), or bring the old topic back.")
    {
    }
}
