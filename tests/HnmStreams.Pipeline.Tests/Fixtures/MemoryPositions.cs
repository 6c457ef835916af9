using System.Collections.Concurrent;
using HnmStreams.Data.Records;
using HnmStreams.Pipeline.Checkpointing;
using HnmStreams.Pipeline.Checkpointing.Saving;

namespace HnmStreams.Pipeline.Tests.Fixtures;

/// <summary>A position committer without a cluster. It keeps the committed positions in memory.</summary>
internal sealed class MemoryPositions : IPositionCommitter
{
    public ConcurrentQueue<(string Checkpoint, IReadOnlyList<StreamPosition> Positions)> Committed { get; } = new();

    public IReadOnlyList<CheckpointPosition> Locate(IReadOnlyList<StreamPosition> taken) =>
        [.. taken.Select(p => new CheckpointPosition("cluster", p.Topic, "topic-id", p.Partition, p.NextOffset))];

    public Task CommitAsync(IReadOnlyList<StreamPosition> positions, string checkpoint, CancellationToken cancellationToken)
    {
        Committed.Enqueue((checkpoint, positions));
        return Task.CompletedTask;
    }
}
