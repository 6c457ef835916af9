namespace HnmStreams.Kafka.Offsets;

/// <summary>A partition ends below its position: the topic was re-created or truncated. Reading on would skip or repeat records.</summary>
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
        : this($"{topic}[{partition}] ends at offset {end}, but the checkpoint's position is {position}: the topic was re-created or truncated. "
            + "Start with --fresh to train a new model, with --set run.recreatedTopic=earliest to keep the model and read the new topic, or restore the old topic.")
    {
    }

    internal static StalePositionException WentBack(string topic, int partition, long expected, long found) => new(
        $"{topic}[{partition}] went back from offset {expected} to {found} while it was read: the topic was re-created or truncated. "
        + "Start with --fresh to train a new model, or with --set run.recreatedTopic=earliest to keep the model and read the new topic.");
}
