using HnmStreams.Kafka.Clients;

namespace HnmStreams.Kafka.Consuming.Status;

/// <summary>An immutable snapshot of the consumer's state. The loop rebuilds it a few times per second.</summary>
/// <param name="Partitions">The partitions of the topic, by number: the assigned ones, and those that are assigned to other members or to none.</param>
/// <param name="Paused">True if all partitions are paused because the channel stayed full for too long.</param>
/// <param name="EndReached">True if every partition of the topic is assigned to a member of the group, the assigned ones are read to their end, and all records were handed over.</param>
/// <param name="LastError">The newest error that did not end the consumer.</param>
/// <param name="Records">The number of records handed over.</param>
/// <param name="Bytes">The bytes of keys and values handed over.</param>
/// <param name="Chunks">The number of chunks handed over.</param>
/// <param name="Oversized">The number of records handed over that were above the size limit.</param>
/// <param name="OffsetGaps">The number of offsets without a record: removed by compaction, transaction markers, or deleted before they were read.</param>
/// <param name="Pauses">The number of times that the loop paused all partitions.</param>
/// <param name="Rebalances">The number of rebalance events: partitions assigned, revoked or lost.</param>
/// <param name="UnreachableSince">The time since which no broker answers; null while one does.</param>
public sealed record ConsumerStatus(
    IReadOnlyList<PartitionStatus> Partitions,
    bool Paused,
    bool EndReached,
    ClientError? LastError,
    long Records,
    long Bytes,
    long Chunks,
    long Oversized,
    long OffsetGaps,
    long Pauses,
    long Rebalances,
    DateTimeOffset? UnreachableSince = null)
{
    /// <summary>The assigned partitions whose next batch could not be read so far. They do not advance until it is read or skipped.</summary>
    public IReadOnlyList<StuckPartition> Stuck { get; init; } = [];

    /// <summary>The number of offsets that were skipped because their batches could not be read.</summary>
    public long Unreadable { get; init; }

    /// <summary>The number of records between the positions and the ends of all existing partitions, as far as both are known.</summary>
    public long Lag => Partitions.Sum(partition => partition.Lag ?? 0);

    internal static ConsumerStatus Empty { get; } = new([], false, false, null, 0, 0, 0, 0, 0, 0, 0);
}

/// <summary>The state of one partition.</summary>
/// <param name="NextOffset">The next offset to read; null before the first record or the end was reached.</param>
/// <param name="EndOffset">The end offset of the partition according to the last fetch, or null.</param>
/// <param name="AtEnd">True if the partition is read to its end.</param>
/// <param name="IsAssigned">True if this consumer reads the partition. The state of another partition is up to 30 s old; its position is this consumer's own, or else the committed offset.</param>
public sealed record PartitionStatus(int Partition, long? NextOffset, long? EndOffset, bool AtEnd, bool IsAssigned = true)
{
    /// <summary>The number of records still to read, or null if it is not known.</summary>
    public long? Lag => NextOffset is { } next && EndOffset is { } end ? Math.Max(0, end - next) : null;
}

/// <summary>A partition whose next batch could not be read.</summary>
/// <param name="Offset">The offset that could not be read.</param>
/// <param name="Since">The time of the first error.</param>
/// <param name="Code">The client's error code.</param>
/// <param name="Text">The client's description of the error.</param>
public sealed record StuckPartition(int Partition, long Offset, DateTimeOffset Since, string Code, string Text);
