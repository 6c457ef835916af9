using HnmStreams.Data.Records;

namespace HnmStreams.Pipeline.Checkpointing;

/// <summary>A whole checkpoint to go on from, held open.</summary>
/// <remarks>Any thread; the owner disposes it when the learner runs.</remarks>
public sealed class ResumePoint : IDisposable
{
    internal ResumePoint(LoadedCheckpoint checkpoint) => Checkpoint = checkpoint;

    /// <summary>This one, for a stream that is not the one it was made of. It takes this one's place.</summary>
    public ResumePoint WithoutPositions() => new(Checkpoint) { ForgetsPositions = true };

    public string Id => Checkpoint.Manifest.Id.ToString();

    public string Path => Checkpoint.Description.Path;

    public DateTimeOffset Created => Checkpoint.Manifest.Created;

    public long ModelVersion => Checkpoint.Manifest.ModelVersion;

    public long Bytes => Checkpoint.Manifest.Bytes;

    public IReadOnlyList<CheckpointPosition> SavedPositions => Checkpoint.Manifest.Positions;

    public IReadOnlyList<StreamPosition> Positions => ForgetsPositions ? [] : [.. SavedPositions.Select(w => new StreamPosition(w.Topic, w.Partition, w.NextOffset))];

    /// <summary>Goes on with the model alone: the stream is another one, and its offsets mean nothing here.</summary>
    public bool ForgetsPositions { get; init; }

    internal LoadedCheckpoint Checkpoint { get; }

    public void Dispose() => Checkpoint.Dispose();
}
