namespace HnmStreams.Data.Records;

/// <summary>The position in a partition: the offset of the next record that the learner's state does not contain yet.</summary>
public readonly record struct StreamPosition(string Topic, int Partition, long NextOffset);
