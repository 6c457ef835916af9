using System.Collections.Concurrent;
using Confluent.Kafka;
using HnmStreams.Data.Records;

namespace HnmStreams.Kafka.Consuming.Polling;

/// <summary>A queue of commits that any thread requests and the consumer thread makes between two polls.</summary>
/// <remarks>Confluent's client cannot attach metadata to a commit, so the checkpoint's id is not committed.</remarks>
internal sealed class CommitQueue
{
    /// <summary>The time between two calls of <see cref="Process"/> while the consumer does not poll.</summary>
    public static readonly TimeSpan ProcessInterval = TimeSpan.FromMilliseconds(20);

    private readonly ConcurrentQueue<(IReadOnlyList<StreamPosition> Positions, TaskCompletionSource Done)> _requests = new();
    private volatile bool _closed;

    /// <summary>Requests a commit. The task completes when the broker has acknowledged it. Thread-safe.</summary>
    public Task RequestAsync(IReadOnlyList<StreamPosition> positions)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _requests.Enqueue((positions, done));
        if (_closed)
            Close();
        return done.Task;
    }

    /// <summary>Makes all requested commits and blocks for the broker's answers. Partitions that are no longer assigned are skipped.</summary>
    public void Process(IConsumer<ByteRange, ByteRange> consumer)
    {
        while (_requests.TryDequeue(out var request))
        {
            try
            {
                var assigned = consumer.Assignment.ToHashSet();
                var offsets = request.Positions
                    .Select(position => new TopicPartitionOffset(position.Topic, position.Partition, position.NextOffset))
                    .Where(offset => assigned.Contains(offset.TopicPartition))
                    .ToList();
                if (offsets.Count > 0)
                    consumer.Commit(offsets);
                request.Done.SetResult();
            }
            catch (KafkaException e)
            {
                request.Done.SetException(e);
            }
        }
    }

    /// <summary>Fails all pending and all later requests: the consumer has left its group. Thread-safe.</summary>
    public void Close()
    {
        _closed = true;
        while (_requests.TryDequeue(out var request))
            request.Done.TrySetException(new InvalidOperationException("The consumer has left its group: nothing can be committed anymore."));
    }
}
