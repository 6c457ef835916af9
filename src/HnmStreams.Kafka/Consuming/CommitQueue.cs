using System.Collections.Concurrent;
using Confluent.Kafka;
using HnmStreams.Data.Records;

namespace HnmStreams.Kafka.Consuming;

/// <summary>Commits asked for on any thread and made on the loop's, between two polls.</summary>
/// <remarks>Confluent's client has no place for metadata in a commit, so the checkpoint's id does not go with it.</remarks>
internal sealed class CommitQueue
{
    private readonly ConcurrentQueue<(IReadOnlyList<StreamPosition> Positions, TaskCompletionSource Done)> _asked = new();
    private volatile bool _closed;

    public Task AskAsync(IReadOnlyList<StreamPosition> positions)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _asked.Enqueue((positions, done));
        if (_closed)
            Close();
        return done.Task;
    }

    /// <summary>Makes all commits asked for; partitions that are not assigned any more are left out. Blocks for the broker's answer.</summary>
    public void Serve(IConsumer<ByteRange, ByteRange> consumer)
    {
        while (_asked.TryDequeue(out var request))
        {
            try
            {
                var assigned = consumer.Assignment.ToHashSet();
                var offsets = request.Positions
                    .Select(w => new TopicPartitionOffset(w.Topic, w.Partition, w.NextOffset))
                    .Where(o => assigned.Contains(o.TopicPartition))
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

    /// <summary>The consumer is gone: what is asked for now and later fails.</summary>
    public void Close()
    {
        _closed = true;
        while (_asked.TryDequeue(out var request))
            request.Done.TrySetException(new InvalidOperationException("The consumer has left its group; nothing can be committed any more."));
    }
}
