using System.Collections.Concurrent;
using Confluent.Kafka;
using HnmStreams.Data.Records;
using HnmStreams.Kafka.Consuming.Chunks;
using HnmStreams.Kafka.Consuming.Status;
using HnmStreams.Kafka.Offsets;
using Microsoft.Extensions.Logging;

namespace HnmStreams.Kafka.Consuming.Polling;

/// <summary>Requests to read all assigned partitions again from their start offsets, which any thread makes and the consumer thread fulfills between two polls.</summary>
internal sealed partial class RestartQueue(StartOffsets start, LoopState state, ChunkBuilder builder, ILogger logger)
{
    private readonly ConcurrentQueue<TaskCompletionSource<int>> _requests = new();
    private readonly Dictionary<int, long> _assigned = [];
    private volatile bool _closed;
    private bool _failed;

    /// <summary>Requests a restart. The task returns the era of the chunks that are read from then on. Thread-safe.</summary>
    public Task<int> RequestAsync()
    {
        var done = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        _requests.Enqueue(done);
        if (_closed)
            Close();
        return done.Task;
    }

    /// <summary>Notes the offsets at which newly assigned partitions start. Consumer thread only.</summary>
    public void NoteAssigned(IEnumerable<TopicPartitionOffset> starts)
    {
        if (!start.IsShared)
            return;
        foreach (var assigned in starts)
        {
            _assigned[assigned.Partition.Value] = assigned.Offset.Value;
            // Another member may have read on, or less, since this one had the partition.
            state.Positions.Restart(assigned.Partition.Value, assigned.Offset.IsSpecial ? null : assigned.Offset.Value);
        }
    }

    /// <summary>Fulfills all requests at once. If the client or the broker is not ready, they wait for the next call.</summary>
    /// <exception cref="StalePositionException">The topic ends below a position.</exception>
    public void Process(IConsumer<ByteRange, ByteRange> consumer)
    {
        if (_requests.IsEmpty)
            return;
        try
        {
            var next = consumer.Assignment.ToDictionary(partition => partition.Partition.Value, partition => state.Positions.Next(partition.Partition.Value));
            foreach (var offset in start.Resolve(consumer, consumer.Assignment))
            {
                // A partition that was assigned at this offset and of which nothing was read yet is there: a seek while its fetch begins can end the fetch.
                var isThere = _assigned.Remove(offset.Partition.Value, out var first) && first == offset.Offset.Value && next.GetValueOrDefault(offset.Partition.Value) == first;
                if (!isThere)
                    consumer.Seek(offset);
                state.Positions.LeaveEnd(offset.Partition.Value);
                state.Positions.Restart(offset.Partition.Value, offset.Offset.IsSpecial ? null : offset.Offset.Value);
            }
        }
        catch (KafkaException e) when (!e.Error.IsFatal)
        {
            // A partition that was assigned a moment ago cannot be positioned yet. What is read meanwhile belongs to the earlier era.
            if (!_failed)
                LogWaits(e.Error.Reason);
            _failed = true;
            return;
        }

        _failed = false;
        builder.Restart();
        while (_requests.TryDequeue(out var request))
            request.TrySetResult(builder.Era);
    }

    /// <summary>Fails all pending and all later requests: the consumer has ended. Thread-safe.</summary>
    public void Close()
    {
        _closed = true;
        while (_requests.TryDequeue(out var request))
            request.TrySetException(new InvalidOperationException("The consumer has left its group: nothing can be read anymore."));
    }

    [LoggerMessage(EventId = 137, Level = LogLevel.Debug, Message = "The partitions cannot be positioned yet: {Reason}.")]
    private partial void LogWaits(string reason);
}
