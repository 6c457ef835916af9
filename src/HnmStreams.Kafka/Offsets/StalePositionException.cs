namespace HnmStreams.Kafka.Offsets;

/// <summary>A partition ends below its position: the topic was re-created or cut off, and going on would skip or repeat records unseen.</summary>
public sealed class StalePositionException : InvalidOperationException
{
    public StalePositionException()
    {
    }

    public StalePositionException(string message)
        : base(message)
    {
    }

    public StalePositionException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    internal StalePositionException(string topic, int partition, long position, long end)
        : this($"{topic}[{partition}] ends at offset {end}, but the state holds everything below {position}: the topic was re-created or cut off. "
            + "Start with --fresh to learn it anew, with --set run.recreatedTopic=earliest to go on with the model, or bring the old topic back.")
    {
    }

    internal static StalePositionException WentBack(string topic, int partition, long expected, long found) => new(
        $"{topic}[{partition}] went back from offset {expected} to {found} while it was read: the topic was re-created or cut off. "
        + "What is there now is another stream: start with --fresh to learn it anew, or with --set run.recreatedTopic=earliest to go on with the model.");
}
