using HnmStreams.Data.Records;

namespace HnmStreams.Pipeline.Checkpointing;

/// <summary>An intact checkpoint to resume from, held open.</summary>
/// <remarks>Thread-safe. The owner disposes it once the learner runs.</remarks>
public sealed class ResumePoint : IDisposable
{
    internal ResumePoint(LoadedCheckpoint checkpoint) => Checkpoint = checkpoint;

    /// <summary>Returns this checkpoint without positions, for a stream other than the one that it was made of. It replaces this instance.</summary>
    public ResumePoint WithoutPositions() => new(Checkpoint) { ForgetsPositions = true };

    public string Id => Checkpoint.Manifest.Id.ToString();

    public string Path => Checkpoint.Description.Path;

    public DateTimeOffset Created => Checkpoint.Manifest.Created;

    public long ModelVersion => Checkpoint.Manifest.ModelVersion;

    public long Bytes => Checkpoint.Manifest.Bytes;

    public IReadOnlyList<CheckpointPosition> SavedPositions => Checkpoint.Manifest.Positions;

    public IReadOnlyList<StreamPosition> Positions => ForgetsPositions ? [] : [.. SavedPositions.Select(w => new StreamPosition(w.Topic, w.Partition, w.NextOffset))];

    /// <summary>True if only the model is resumed, since the offsets belong to another stream.</summary>
    public bool ForgetsPositions { get; init; }

    internal LoadedCheckpoint Checkpoint { get; }

    public void Dispose() => Checkpoint.Dispose();
}
