namespace HnmStreams.Data.Records;

/// <summary>
/// A range of offsets of one partition, both ends included. It covers every record in between (examples, dead letters, held-out
/// records) and the gaps that compaction and transaction markers leave. After the learner's state has taken in the span, the
/// position of the partition is <see cref="Last"/> + 1.
/// </summary>
public readonly record struct OffsetSpan(string Topic, int Partition, long First, long Last);

/// <summary>The position in a partition: the offset of the next record that the learner's state does not contain yet.</summary>
public readonly record struct StreamPosition(string Topic, int Partition, long NextOffset);

/// <summary>The topic, partition and offset of a record.</summary>
public readonly record struct Origin(string Topic, int Partition, long Offset)
{
    public override string ToString() => $"{Topic}[{Partition}]@{Offset}";
}
