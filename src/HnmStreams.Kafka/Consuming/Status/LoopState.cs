using Confluent.Kafka;
using HnmStreams.Data.Records;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Offsets;
using HnmStreams.Kafka.Telemetry;
using Microsoft.Extensions.Logging;

namespace HnmStreams.Kafka.Consuming.Status;

/// <summary>
/// The counters, positions and status of the consumer loop. Only the consumer thread writes;
/// <see cref="Status"/>, <see cref="EndReached"/>, <see cref="Paused"/> and <see cref="Progress"/> may be read from any thread.
/// </summary>
internal sealed class LoopState(string topic, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan RefreshInterval = TimeSpan.FromMilliseconds(250);

    private ConsumerStatus _status = ConsumerStatus.Empty;
    private long? _refreshedAt;
    private long _records;
    private long _bytes;
    private long _chunks;
    private long _oversized;
    private long _pauses;
    private long _rebalances;
    private long _offsetGaps;
    private long _reportedGaps;
    private DateTimeOffset? _unreachableSince;
    private IReadOnlyList<PartitionStatus> _unassigned = [];
    private IReadOnlyList<StuckPartition> _stuck = [];
    private long _unreadable;
    private bool _endReached;
    private bool _paused;

    public PartitionPositions Positions { get; } = new();

    public RateLimitedErrors Errors { get; } = new("consumer", time, logger);

    /// <summary>A signal that pulses when a chunk was handed over, when <see cref="EndReached"/> or <see cref="Paused"/> changed, and when the status was rebuilt.</summary>
    public ProgressSignal Progress { get; } = new();

    public bool Paused => Volatile.Read(ref _paused);

    /// <summary>True unless all brokers are known to be down. Consumer thread only.</summary>
    public bool IsReachable => _unreachableSince is null;

    public bool EndReached => Volatile.Read(ref _endReached);

    /// <summary>The newest status. Its partitions are at most 250 ms old; its counts of records, bytes and chunks are current.</summary>
    public ConsumerStatus Status => Volatile.Read(ref _status) with
    {
        Records = Volatile.Read(ref _records),
        Bytes = Volatile.Read(ref _bytes),
        Chunks = Volatile.Read(ref _chunks),
        Paused = Paused,
        EndReached = EndReached,
        LastError = Errors.Last,
    };

    /// <summary>Advances the position of a partition past a record that was read.</summary>
    public void RecordRead(int partition, long offset) => _offsetGaps += Positions.Read(partition, offset);

    /// <summary>Reports a partition whose next batch cannot be read.</summary>
    public void SetStuck(StuckPartition partition)
    {
        _stuck = [.. _stuck.Where(other => other.Partition != partition.Partition), partition];
        _refreshedAt = null;
    }

    /// <summary>Reports that a partition is read again.</summary>
    public void ClearStuck(int partition)
    {
        _stuck = [.. _stuck.Where(other => other.Partition != partition)];
        _refreshedAt = null;
    }

    /// <summary>Advances the position of a partition past offsets that cannot be read, and counts them.</summary>
    public void SkipUnreadable(int partition, UnreadableOffsets offsets)
    {
        Positions.Read(partition, offsets.Last);
        _unreadable += offsets.Count;
        KafkaInstruments.Unreadable.Add(offsets.Count);
        KafkaInstruments.UnreadableBatches.Add(1);
    }

    public void HandedOver(int records, int bytes, int oversized)
    {
        Volatile.Write(ref _records, _records + records);
        Volatile.Write(ref _bytes, _bytes + bytes);
        Volatile.Write(ref _chunks, _chunks + 1);
        _oversized += oversized;
        KafkaInstruments.Records.Add(records);
        KafkaInstruments.Bytes.Add(bytes);
        KafkaInstruments.Chunks.Add(1);
        if (oversized > 0)
            KafkaInstruments.Oversized.Add(oversized);
        if (_offsetGaps > _reportedGaps)
            KafkaInstruments.OffsetGaps.Add(_offsetGaps - _reportedGaps);
        _reportedGaps = _offsetGaps;
        Progress.Pulse();
    }

    /// <summary>Sets the state of the partitions that exist but are not assigned to this consumer.</summary>
    public void SetUnassigned(IReadOnlyList<PartitionStatus> partitions) => _unassigned = partitions;

    /// <param name="allHandedOver">True if all records read so far were handed over.</param>
    /// <param name="allCovered">True if every partition of the topic is assigned to a member of the group.</param>
    public void UpdateEndReached(bool allHandedOver, bool allCovered)
    {
        var reached = allHandedOver && allCovered && Positions.AllAtEnd;
        if (reached == _endReached)
            return;
        Volatile.Write(ref _endReached, reached);
        Progress.Pulse();
    }

    public void SetReachable(bool reachable)
    {
        if (reachable == _unreachableSince is null)
            return;
        _unreachableSince = reachable ? null : time.GetUtcNow();
        _refreshedAt = null;
    }

    /// <summary>Counts a rebalance event and makes the next refresh due at once.</summary>
    public void Rebalanced()
    {
        _rebalances++;
        _refreshedAt = null;
    }

    public void SetPaused(bool paused)
    {
        Volatile.Write(ref _paused, paused);
        _pauses += paused ? 1 : 0;
        _refreshedAt = null;
        Progress.Pulse();
    }

    /// <summary>
    /// Rebuilds the status if it is older than 250 ms or if <paramref name="final"/> is set. The end offsets are the ones
    /// that the client cached from its fetches: no request is made.
    /// </summary>
    public void Refresh(IConsumer<ByteRange, ByteRange> consumer, bool final = false)
    {
        if (!final && _refreshedAt is { } last && time.GetElapsedTime(last) < RefreshInterval)
            return;
        _refreshedAt = time.GetTimestamp();
        var assigned = Positions.Assigned.Select(partition => Describe(consumer, partition)).ToList();
        List<PartitionStatus> partitions =
        [
            .. assigned.Concat(_unassigned.ExceptBy(assigned.Select(partition => partition.Partition), partition => partition.Partition))
                .OrderBy(partition => partition.Partition),
        ];
        foreach (var partition in partitions)
        {
            if (partition.Lag is { } lag)
                KafkaInstruments.Lag.Record(lag, KafkaInstruments.Tag("topic", topic), KafkaInstruments.Tag("partition", partition.Partition));
        }

        Volatile.Write(ref _status, new ConsumerStatus(
            partitions, Paused, EndReached, Errors.Last, _records, _bytes, _chunks, _oversized, _offsetGaps, _pauses, _rebalances, _unreachableSince)
        {
            Stuck = _stuck,
            Unreadable = _unreadable,
        });
        Progress.Pulse();
    }

    private PartitionStatus Describe(IConsumer<ByteRange, ByteRange> consumer, int partition)
    {
        var next = Positions.Next(partition) ?? _stuck.FirstOrDefault(stuck => stuck.Partition == partition)?.Offset;
        try
        {
            var end = consumer.GetWatermarkOffsets(new TopicPartition(topic, partition)).High;
            return new PartitionStatus(partition, next, end.IsSpecial ? null : Math.Max(end.Value, next ?? 0), Positions.IsAtEnd(partition));
        }
        catch (KafkaException)
        {
            // The client knows the partition but has not fetched from it yet.
            return new PartitionStatus(partition, next, null, false);
        }
    }
}
