namespace HnmStreams.Kafka.Offsets;

/// <summary>The positions up to which the learner's state contains the stream. A consumer starts at them. Thread-safe.</summary>
public interface IPositionLedger
{
    /// <summary>True if the checkpoint from which the learner resumed has positions of the topic.</summary>
    bool Knows(string topic);

    /// <summary>True if other members of the group advance the positions as well, so that a consumer's own position is outdated once its partition was revoked.</summary>
    bool IsShared => false;

    /// <summary>Gets the next offset that is not yet in the state. Returns false if the state has nothing of the partition.</summary>
    bool TryGet(string topic, int partition, out long nextOffset);
}
