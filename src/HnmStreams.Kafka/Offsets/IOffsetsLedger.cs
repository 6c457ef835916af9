namespace HnmStreams.Kafka.Offsets;

/// <summary>Says how far the learner's state has come, so that a consumer can be placed there. Thread-safe.</summary>
public interface IOffsetsLedger
{
    /// <summary>Whether the checkpoint that the learner goes on from has anything of the topic.</summary>
    bool Knows(string topic);

    /// <summary>The next offset that is not yet in the state; false where nothing of the partition is.</summary>
    bool TryGet(string topic, int partition, out long nextOffset);
}
