using HnmStreams.Kafka.Clients;

namespace HnmStreams.Kafka.Consuming;

/// <summary>How the consumer is doing, at one moment. Immutable; rebuilt by the loop a few times a second.</summary>
/// <param name="Partitions">The partitions assigned, by number.</param>
/// <param name="Paused">All partitions are paused because nobody took chunks for too long.</param>
/// <param name="EndReached">There are partitions, all were read to their end, and nothing is in hand.</param>
/// <param name="LastError">The newest error that did not end the consumer.</param>
/// <param name="Records">Records handed over.</param>
/// <param name="Bytes">Bytes of keys and values handed over.</param>
/// <param name="Chunks">Chunks handed over.</param>
/// <param name="Oversized">Records above the size limit among them.</param>
/// <param name="OffsetGaps">Offsets that never came: compaction, transaction markers, or records that were dropped before they were read.</param>
/// <param name="Pauses">Times that the loop paused all partitions.</param>
/// <param name="Rebalances">Partitions assigned, revoked or lost, in calls.</param>
/// <param name="UnreachableSince">Since when no broker answers; null while one does.</param>
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
    /// <summary>Records between the consumer and the ends of its partitions, as far as they are known.</summary>
    public long Lag => Partitions.Sum(partition => partition.Lag ?? 0);

    internal static ConsumerStatus Nothing { get; } = new([], false, false, null, 0, 0, 0, 0, 0, 0, 0);
}

/// <summary>One assigned partition.</summary>
/// <param name="NextOffset">The next offset to come, or null before the first record or the end was seen.</param>
/// <param name="EndOffset">The partition's end as the last fetch told it, or null.</param>
public sealed record PartitionStatus(int Partition, long? NextOffset, long? EndOffset, bool AtEnd)
{
    /// <summary>Records still to come, or null where that is not known.</summary>
    public long? Lag => NextOffset is { } next && EndOffset is { } end ? Math.Max(0, end - next) : null;
}
