using System.Collections.Concurrent;
using HnmStreams.Data.Records;
using HnmStreams.Pipeline.Checkpointing;

namespace HnmStreams.Pipeline.Tests.Fixtures;

/// <summary>A stream without a cluster: remembers what was committed.</summary>
internal sealed class MemoryPositions : IStreamPositions
{
    public ConcurrentQueue<(string Checkpoint, IReadOnlyList<Watermark> Watermarks)> Committed { get; } = new();

    public IReadOnlyList<CheckpointWatermark> Locate(IReadOnlyList<Watermark> taken) =>
        [.. taken.Select(w => new CheckpointWatermark("cluster", w.Topic, "topic-id", w.Partition, w.NextOffset))];

    public Task CommitAsync(IReadOnlyList<Watermark> watermarks, string checkpoint, CancellationToken cancellationToken)
    {
        Committed.Enqueue((checkpoint, watermarks));
        return Task.CompletedTask;
    }
}
