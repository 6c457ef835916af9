using HnmStreams.Data.Records;

namespace HnmStreams.Pipeline.Checkpointing.Saving;

/// <summary>Locates and commits the positions of a checkpoint. The pipeline does not know Kafka.</summary>
/// <remarks>Thread-safe.</remarks>
public interface IPositionCommitter
{
    /// <summary>
    /// Returns the positions for a checkpoint: with the ids of cluster and topic, and including the start offsets of
    /// partitions from which no record was taken in yet.
    /// </summary>
    IReadOnlyList<CheckpointPosition> Locate(IReadOnlyList<StreamPosition> taken);

    /// <summary>Commits positions. Called when a checkpoint with these positions is on the disk.</summary>
    /// <param name="checkpoint">The id of the checkpoint.</param>
    Task CommitAsync(IReadOnlyList<StreamPosition> positions, string checkpoint, CancellationToken cancellationToken);
}
