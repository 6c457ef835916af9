using System.Collections.Concurrent;
using HnmStreams.Data.Records;
using HnmStreams.Pipeline.Checkpointing;
using HnmStreams.Pipeline.Checkpointing.Saving;

namespace HnmStreams.Pipeline.Tests.Fixtures;

/// <summary>A stream without a cluster: remembers what was committed.</summary>
internal sealed class MemoryPositions : IPositionCommitter
{
    public ConcurrentQueue<(string Checkpoint, IReadOnlyList<StreamPosition> Positions)> Committed { get; } = new();

    public IReadOnlyList<CheckpointPosition> Locate(IReadOnlyList<StreamPosition> taken) =>
        [.. taken.Select(w => new CheckpointPosition("cluster", w.Topic, "topic-id", w.Partition, w.NextOffset))];

    public Task CommitAsync(IReadOnlyList<StreamPosition> positions, string checkpoint, CancellationToken cancellationToken)
    {
        Committed.Enqueue((checkpoint, positions));
        return Task.CompletedTask;
    }
}
