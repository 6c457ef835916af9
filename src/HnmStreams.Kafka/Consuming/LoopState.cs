using Confluent.Kafka;
using HnmStreams.Data.Records;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Offsets;
using HnmStreams.Kafka.Telemetry;
using Microsoft.Extensions.Logging;

namespace HnmStreams.Kafka.Consuming;

/// <summary>What the loop counts and shows of itself. Written by its thread only; <see cref="Status"/> and <see cref="EndReached"/> are read from any.</summary>
internal sealed class LoopState(string topic, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan RefreshEvery = TimeSpan.FromMilliseconds(250);

    private ConsumerStatus _status = ConsumerStatus.Nothing;
    private long? _refreshedAt;
    private long _records;
    private long _bytes;
    private long _chunks;
    private long _oversized;
    private long _pauses;
    private long _rebalances;
    private long _countedGaps;
    private bool _endReached;
    private bool _paused;

    public PartitionPositions Book { get; } = new();

    public RateLimitedErrors Errors { get; } = new("consumer", time, logger);

    /// <summary>Pulses when a chunk was handed over, the end was reached or left, the loop paused or resumed, or the status is new.</summary>
    public ProgressSignal Moved { get; } = new();

    public bool Paused => Volatile.Read(ref _paused);

    public long Gaps { get; set; }

    /// <summary>Since when no broker answers; null while one does. The loop's thread only.</summary>
    public DateTimeOffset? UnreachableSince { get; private set; }

    public bool EndReached => Volatile.Read(ref _endReached);

    public ConsumerStatus Status => Volatile.Read(ref _status) with
    {
        Records = Volatile.Read(ref _records),
        Bytes = Volatile.Read(ref _bytes),
        Chunks = Volatile.Read(ref _chunks),
        Paused = Paused,
        EndReached = EndReached,
        LastError = Errors.Last,
    };

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
        if (Gaps > _countedGaps)
            KafkaInstruments.OffsetGaps.Add(Gaps - _countedGaps);
        _countedGaps = Gaps;
        Moved.Pulse();
    }

    public void SetEndReached(bool nothingInHand)
    {
        var reached = nothingInHand && Book.AllAtEnd;
        if (reached == _endReached)
            return;
        Volatile.Write(ref _endReached, reached);
        Moved.Pulse();
    }

    public void SetReachable(bool reachable)
    {
        if (reachable == UnreachableSince is null)
            return;
        UnreachableSince = reachable ? null : time.GetUtcNow();
        _refreshedAt = null;
    }

    /// <summary>The next refresh is due at once.</summary>
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
        Moved.Pulse();
    }

    /// <summary>Rebuilds the status a few times a second. The ends come from the client's cache of its fetches: no request is made.</summary>
    public void Refresh(IConsumer<ByteRange, ByteRange> consumer, bool final = false)
    {
        if (!final && _refreshedAt is { } last && time.GetElapsedTime(last) < RefreshEvery)
            return;
        _refreshedAt = time.GetTimestamp();
        var partitions = Book.Assigned.Select(partition => Describe(consumer, partition)).ToList();
        foreach (var partition in partitions)
        {
            if (partition.Lag is { } lag)
                KafkaInstruments.Lag.Record(lag, KafkaInstruments.Tag("topic", topic), KafkaInstruments.Tag("partition", partition.Partition));
        }

        Volatile.Write(ref _status, new ConsumerStatus(
            partitions, Paused, EndReached, Errors.Last, _records, _bytes, _chunks, _oversized, Gaps, _pauses, _rebalances, UnreachableSince));
        Moved.Pulse();
    }

    private PartitionStatus Describe(IConsumer<ByteRange, ByteRange> consumer, int partition)
    {
        var next = Book.Next(partition);
        try
        {
            var end = consumer.GetWatermarkOffsets(new TopicPartition(topic, partition)).High;
            return new PartitionStatus(partition, next, end.IsSpecial ? null : Math.Max(end.Value, next ?? 0), Book.IsAtEnd(partition));
        }
        catch (KafkaException)
        {
            // The client knows the partition, but has fetched nothing of it yet.
            return new PartitionStatus(partition, next, null, false);
        }
    }
}
