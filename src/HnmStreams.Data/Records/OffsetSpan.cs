namespace HnmStreams.Data.Records;

/// <summary>
/// A run of offsets of one partition, both ends included. It covers everything that lay between: examples, poison,
/// held-out records, and the gaps that compaction and transaction markers leave. The position of a partition
/// becomes <see cref="Last"/> + 1 once the span has been taken into the learner's state.
/// </summary>
public readonly record struct OffsetSpan(string Topic, int Partition, long First, long Last);

/// <summary>The next offset of a partition that has not been taken into the learner's state.</summary>
public readonly record struct StreamPosition(string Topic, int Partition, long NextOffset);

/// <summary>Where an example came from.</summary>
public readonly record struct Origin(string Topic, int Partition, long Offset)
{
    public override string ToString() => $"{Topic}[{Partition}]@{Offset}";
}
