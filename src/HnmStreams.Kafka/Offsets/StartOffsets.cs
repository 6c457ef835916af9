using System.Collections.Immutable;
using Confluent.Kafka;
using HnmStreams.Data.Records;
using HnmStreams.Kafka.Topics;
using Microsoft.Extensions.Logging;

namespace HnmStreams.Kafka.Offsets;

/// <summary>
/// The rule for the offset at which an assigned partition is read: this consumer's own position, else the ledger's position,
/// else the configured start position.
/// </summary>
/// <remarks>Called in the handler of assigned partitions, on the consumer thread. Requests to the broker have a timeout.</remarks>
internal sealed partial class StartOffsets(
    string topic, StartPosition from, IPositionLedger? ledger, PartitionPositions positions, ILogger logger)
{
    private static readonly TimeSpan BrokerTimeout = TimeSpan.FromSeconds(10);
    private const int MaxAttempts = 3;
    private ImmutableDictionary<int, long> _starts = ImmutableDictionary<int, long>.Empty;

    // The number of existing partitions at the first assignment; partitions with higher numbers were added later.
    private int? _initialPartitions;

    /// <summary>The start offset of each partition for which no position was known and that does not start at its beginning. Thread-safe.</summary>
    public IReadOnlyDictionary<int, long> Starts => Volatile.Read(ref _starts);

    /// <summary>True if other members of the group read for the same learner.</summary>
    public bool IsShared => ledger is { IsShared: true };

    /// <summary>Returns the start offset of each partition.</summary>
    /// <exception cref="KafkaException">The broker did not answer.</exception>
    /// <exception cref="StalePositionException">The topic ends below the position: it was re-created or truncated.</exception>
    public List<TopicPartitionOffset> Resolve(IConsumer<ByteRange, ByteRange> consumer, IReadOnlyList<TopicPartition> partitions)
    {
        if (from is StartPosition.Committed committed)
            return ResolveCommitted(consumer, partitions, committed.Otherwise);
        var resolved = new List<TopicPartitionOffset>(partitions.Count);
        var unknown = new List<TopicPartition>();
        var fromLedger = new List<(TopicPartition Partition, long Position)>();
        _initialPartitions ??= WithRetry(() => TopicPartitions.Read(consumer.Handle, topic, BrokerTimeout)).Count;
        foreach (var partition in partitions)
        {
            // The records below are in the pipeline already, even if the ledger does not have them yet.
            if (ledger is not { IsShared: true } && positions.Next(partition.Partition.Value) is { } next)
                resolved.Add(new TopicPartitionOffset(partition, next));
            else if (ledger is not null && ledger.TryGet(topic, partition.Partition.Value, out var position))
                fromLedger.Add((partition, position));
            else if (_starts.TryGetValue(partition.Partition.Value, out var start))
                // Assigned again before anything was read: a start that depends on the time stays the same.
                resolved.Add(new TopicPartitionOffset(partition, start));
            else if (ledger?.Knows(topic) == true || partition.Partition.Value >= _initialPartitions)
                // The partition was added since the checkpoint or during this run: all of its records are new.
                resolved.Add(new TopicPartitionOffset(partition, Offset.Beginning));
            else
                unknown.Add(partition);
        }

        if (fromLedger.Count > 0 && ledger is not { IsShared: true })
            LogDifferences(consumer, fromLedger);
        resolved.AddRange(fromLedger.Select(f => new TopicPartitionOffset(f.Partition, CheckedPosition(consumer, f.Partition, f.Position))));
        if (unknown.Count > 0)
            resolved.AddRange(ConfiguredStart(consumer, unknown, from).Select(start => Remember(consumer, start)));
        return resolved;
    }

    // "The end" depends on the time: a run that resumes from a checkpoint must find the same offset.
    private TopicPartitionOffset Remember(IConsumer<ByteRange, ByteRange> consumer, TopicPartitionOffset start)
    {
        if (start.Offset == Offset.Beginning)
            return start;
        var offset = start.Offset.IsSpecial ? WithRetry(() => consumer.QueryWatermarkOffsets(start.TopicPartition, BrokerTimeout)).High.Value : start.Offset.Value;
        _starts = _starts.SetItem(start.Partition.Value, offset);
        return new TopicPartitionOffset(start.TopicPartition, offset);
    }

    private void LogDifferences(IConsumer<ByteRange, ByteRange> consumer, List<(TopicPartition Partition, long Position)> starts)
    {
        try
        {
            var committed = consumer.Committed(starts.Select(start => start.Partition), BrokerTimeout).ToDictionary(c => c.TopicPartition, c => c.Offset);
            foreach (var (partition, position) in starts)
            {
                var offset = committed.GetValueOrDefault(partition, Offset.Unset);
                if (offset.Value != position)
                    LogDiffers(logger, partition.Topic, partition.Partition.Value, position, offset.IsSpecial ? "none" : offset.Value.ToString(System.Globalization.CultureInfo.InvariantCulture));
            }
        }
        catch (KafkaException)
        {
            // The committed offsets are only logged; the checkpoint decides.
        }
    }

    private List<TopicPartitionOffset> ResolveCommitted(IConsumer<ByteRange, ByteRange> consumer, IReadOnlyList<TopicPartition> partitions, StartPosition otherwise)
    {
        var committed = WithRetry(() => consumer.Committed(partitions, BrokerTimeout));
        var resolved = committed.Where(c => !c.Offset.IsSpecial).Select(c => new TopicPartitionOffset(c.TopicPartition, NotBeyondEnd(consumer, c))).ToList();
        resolved.AddRange(ConfiguredStart(consumer, [.. committed.Where(c => c.Offset.IsSpecial).Select(c => c.TopicPartition)], otherwise));
        // Another member may have read on, or less, since this one had the partition.
        foreach (var start in resolved)
            positions.Restart(start.Partition.Value, start.Offset.IsSpecial ? null : start.Offset.Value);
        return resolved;
    }

    private static Offset NotBeyondEnd(IConsumer<ByteRange, ByteRange> consumer, TopicPartitionOffset committed) =>
        committed.Offset.Value > WithRetry(() => consumer.QueryWatermarkOffsets(committed.TopicPartition, BrokerTimeout)).High.Value ? Offset.Beginning : committed.Offset;

    private IEnumerable<TopicPartitionOffset> ConfiguredStart(IConsumer<ByteRange, ByteRange> consumer, List<TopicPartition> partitions, StartPosition start) => start switch
    {
        StartPosition.Earliest => partitions.Select(partition => new TopicPartitionOffset(partition, Offset.Beginning)),
        StartPosition.Latest => partitions.Select(partition => new TopicPartitionOffset(partition, Offset.End)),
        StartPosition.AtOffset at => partitions.Select(partition => new TopicPartitionOffset(partition, InRange(consumer, partition, at.Offset))),
        StartPosition.AtTime at => WithRetry(() => consumer.OffsetsForTimes(
            partitions.Select(partition => new TopicPartitionTimestamp(partition, new Timestamp(at.Time))), BrokerTimeout)),
        _ => throw new InvalidOperationException($"The start position {start} is not supported."),
    };

    private long CheckedPosition(IConsumer<ByteRange, ByteRange> consumer, TopicPartition partition, long position)
    {
        var range = WithRetry(() => consumer.QueryWatermarkOffsets(partition, BrokerTimeout));
        if (position > range.High.Value)
            throw new StalePositionException(partition.Topic, partition.Partition.Value, position, range.High.Value);
        if (position >= range.Low.Value)
            return position;
        LogExpired(logger, partition.Topic, partition.Partition.Value, position, range.Low.Value - 1, range.Low.Value);
        return range.Low.Value;
    }

    private long InRange(IConsumer<ByteRange, ByteRange> consumer, TopicPartition partition, long offset)
    {
        var range = WithRetry(() => consumer.QueryWatermarkOffsets(partition, BrokerTimeout));
        var clamped = Math.Clamp(offset, range.Low.Value, range.High.Value);
        if (clamped != offset)
            LogClamped(logger, offset, partition.Topic, partition.Partition.Value, clamped);
        return clamped;
    }

    private static T WithRetry<T>(Func<T> request)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return request();
            }
            catch (KafkaException e) when (attempt < MaxAttempts && !e.Error.IsFatal)
            {
                // The leader moved or a broker restarted: the client refreshes its metadata before the next attempt.
            }
        }
    }

    [LoggerMessage(EventId = 112, Level = LogLevel.Information, Message = "{Topic}[{Partition}] starts at the checkpoint's position {Position}; the committed offset of the group is {Committed}.")]
    private static partial void LogDiffers(ILogger logger, string topic, int partition, long position, string committed);

    [LoggerMessage(EventId = 110, Level = LogLevel.Warning, Message = "Offsets {Expected} to {Last} of {Topic}[{Partition}] do not exist anymore: they were deleted by retention. Reading continues at {Low}.")]
    private static partial void LogExpired(ILogger logger, string topic, int partition, long expected, long last, long low);

    [LoggerMessage(EventId = 111, Level = LogLevel.Warning, Message = "Offset {Offset} is outside the range of {Topic}[{Partition}]. Reading starts at {Start}.")]
    private static partial void LogClamped(ILogger logger, long offset, string topic, int partition, long start);
}
