namespace HnmStreams.Data.Records;

/// <summary>
/// A range of offsets of one partition, both ends included. It covers every record in between (examples, dead letters, held-out
/// records) and the gaps that compaction and transaction markers leave. After the learner's state has taken in the span, the
/// position of the partition is <see cref="Last"/> + 1.
/// </summary>
public readonly record struct OffsetSpan(string Topic, int Partition, long First, long Last);
