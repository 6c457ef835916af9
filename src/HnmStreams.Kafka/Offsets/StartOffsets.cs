using System.Collections.Immutable;
using Confluent.Kafka;
using HnmStreams.Data.Records;
using Microsoft.Extensions.Logging;

namespace HnmStreams.Kafka.Offsets;

/// <summary>
/// Says where an assigned partition is read from: where this consumer left off, else at the ledger's position, else by
/// the start position.
/// </summary>
/// <remarks>Called in the assigned handler, on the loop's thread; asks the broker where it must, bounded in time.</remarks>
internal sealed partial class StartOffsets(
    string topic, StartPosition from, IOffsetsLedger? ledger, PartitionPositions book, ILogger logger)
{
    private static readonly TimeSpan BrokerTimeout = TimeSpan.FromSeconds(10);
    private const int Attempts = 3;
    private ImmutableDictionary<int, long> _starts = ImmutableDictionary<int, long>.Empty;
    private int _highestSeen = int.MaxValue;

    /// <summary>Where partitions were started that nobody knew before, and not at the beginning. Any thread.</summary>
    public IReadOnlyDictionary<int, long> Starts => Volatile.Read(ref _starts);

    /// <exception cref="KafkaException">The broker did not answer.</exception>
    /// <exception cref="StalePositionException">The topic ends below the position: it is another topic now.</exception>
    public List<TopicPartitionOffset> Resolve(IConsumer<ByteRange, ByteRange> consumer, IReadOnlyList<TopicPartition> partitions)
    {
        var resolved = new List<TopicPartitionOffset>(partitions.Count);
        var unknown = new List<TopicPartition>();
        var fromLedger = new List<(TopicPartition Partition, long StreamPosition)>();
        foreach (var partition in partitions)
        {
            // What was read is in the learner's hands already, also where the ledger has not heard of it yet.
            if (book.Next(partition.Partition.Value) is { } next)
                resolved.Add(new TopicPartitionOffset(partition, next));
            else if (ledger is not null && ledger.TryGet(topic, partition.Partition.Value, out var position))
                fromLedger.Add((partition, position));
            else if (ledger?.Knows(topic) == true || partition.Partition.Value > _highestSeen)
                // Added while we ran or while nobody did: all that is in it is new.
                resolved.Add(new TopicPartitionOffset(partition, Offset.Beginning));
            else
                unknown.Add(partition);
        }

        if (fromLedger.Count > 0)
            SayWhereTheyDiffer(consumer, fromLedger);
        resolved.AddRange(fromLedger.Select(f => new TopicPartitionOffset(f.Partition, FromLedger(consumer, f.Partition, f.StreamPosition))));
        if (unknown.Count > 0)
            resolved.AddRange(Start(consumer, unknown).Select(start => Remember(consumer, start)));
        if (_highestSeen == int.MaxValue && partitions.Count > 0)
            _highestSeen = partitions.Max(p => p.Partition.Value);
        return resolved;
    }

    // The end is a place in time: whoever goes on from a checkpoint must find the same one.
    private TopicPartitionOffset Remember(IConsumer<ByteRange, ByteRange> consumer, TopicPartitionOffset start)
    {
        if (start.Offset == Offset.Beginning)
            return start;
        var offset = start.Offset.IsSpecial ? Ask(() => consumer.QueryWatermarkOffsets(start.TopicPartition, BrokerTimeout)).High.Value : start.Offset.Value;
        _starts = _starts.SetItem(start.Partition.Value, offset);
        return new TopicPartitionOffset(start.TopicPartition, offset);
    }

    private void SayWhereTheyDiffer(IConsumer<ByteRange, ByteRange> consumer, List<(TopicPartition Partition, long StreamPosition)> placed)
    {
        try
        {
            var committed = consumer.Committed(placed.Select(p => p.Partition), BrokerTimeout).ToDictionary(c => c.TopicPartition, c => c.Offset);
            foreach (var (partition, position) in placed)
            {
                var group = committed.GetValueOrDefault(partition, Offset.Unset);
                if (group.Value != position)
                    Differs(logger, partition.Topic, partition.Partition.Value, position, group.IsSpecial ? "none" : group.Value.ToString(System.Globalization.CultureInfo.InvariantCulture));
            }
        }
        catch (KafkaException)
        {
            // Only for the log: the checkpoint decides in any case.
        }
    }

    private IEnumerable<TopicPartitionOffset> Start(IConsumer<ByteRange, ByteRange> consumer, List<TopicPartition> partitions) => from switch
    {
        StartPosition.Earliest => partitions.Select(partition => new TopicPartitionOffset(partition, Offset.Beginning)),
        StartPosition.Latest => partitions.Select(partition => new TopicPartitionOffset(partition, Offset.End)),
        StartPosition.AtOffset at => partitions.Select(partition => new TopicPartitionOffset(partition, InRange(consumer, partition, at.Offset))),
        StartPosition.AtTime at => Ask(() => consumer.OffsetsForTimes(
            partitions.Select(partition => new TopicPartitionTimestamp(partition, new Timestamp(at.Time))), BrokerTimeout)),
        _ => throw new InvalidOperationException($"No rule for the start position {from}"),
    };

    private long FromLedger(IConsumer<ByteRange, ByteRange> consumer, TopicPartition partition, long position)
    {
        var range = Ask(() => consumer.QueryWatermarkOffsets(partition, BrokerTimeout));
        if (position > range.High.Value)
            throw new StalePositionException(partition.Topic, partition.Partition.Value, position, range.High.Value);
        if (position >= range.Low.Value)
            return position;
        Expired(logger, partition.Topic, partition.Partition.Value, position, range.Low.Value);
        return range.Low.Value;
    }

    private long InRange(IConsumer<ByteRange, ByteRange> consumer, TopicPartition partition, long offset)
    {
        var range = Ask(() => consumer.QueryWatermarkOffsets(partition, BrokerTimeout));
        var inside = Math.Clamp(offset, range.Low.Value, range.High.Value);
        if (inside != offset)
            Clamped(logger, offset, partition.Topic, partition.Partition.Value, inside);
        return inside;
    }

    private static T Ask<T>(Func<T> question)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return question();
            }
            catch (KafkaException e) when (attempt < Attempts && !e.Error.IsFatal)
            {
                // A leader that moves or a broker that restarts: the client refreshes its metadata in between.
            }
        }
    }

    [LoggerMessage(EventId = 112, Level = LogLevel.Information, Message = "{Topic}[{Partition}]: starting at the checkpoint's {Position}; the group's committed offset is {Committed}")]
    private static partial void Differs(ILogger logger, string topic, int partition, long position, string committed);

    [LoggerMessage(EventId = 110, Level = LogLevel.Warning, Message = "{Topic}[{Partition}]: offsets {From} to {Low} are gone from the broker; going on from {Low}")]
    private static partial void Expired(ILogger logger, string topic, int partition, long from, long low);

    [LoggerMessage(EventId = 111, Level = LogLevel.Warning, Message = "Offset {Asked} does not lie in {Topic}[{Partition}]; starting at {Inside}")]
    private static partial void Clamped(ILogger logger, long asked, string topic, int partition, long inside);
}
