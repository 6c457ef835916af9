namespace HnmStreams.Kafka.Embedded;

/// <summary>The read positions of the consumers of a topic, by which a producer limits its lead. Thread-safe.</summary>
public interface IFeedProgress
{
    /// <summary>Returns the next offset to read, or 0 if nothing was read from the partition yet.</summary>
    long NextOffset(string topic, int partition);

    /// <summary>A task that completes when a position advances. Take it before reading the offsets, then await it.</summary>
    Task NextAdvance { get; }
}
