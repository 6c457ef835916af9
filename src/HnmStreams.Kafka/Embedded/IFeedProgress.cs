namespace HnmStreams.Kafka.Embedded;

/// <summary>Says how far the consumers of a topic have read, so that a producer can stay close to them. Thread-safe.</summary>
public interface IFeedProgress
{
    /// <summary>The next offset that will be read; 0 where nothing is known of the partition.</summary>
    long NextOffset(string topic, int partition);

    /// <summary>Completes at the next advance. Take it before looking at the offsets, then await it.</summary>
    Task NextAdvance { get; }
}
