using HnmStreams.Data.Records;

namespace HnmStreams.Pipeline.Checkpointing.Saving;

/// <summary>What the pipeline has to know of where its records come from, without knowing Kafka. Thread-safe.</summary>
public interface IPositionCommitter
{
    /// <summary>
    /// The positions of the state as a checkpoint holds them: under the ids of cluster and topic, and with the starting
    /// offsets of partitions from which nothing has been taken in yet.
    /// </summary>
    IReadOnlyList<CheckpointPosition> Locate(IReadOnlyList<StreamPosition> taken);

    /// <summary>A checkpoint with these positions is on the disk: only now may they be committed.</summary>
    /// <param name="checkpoint">Its id.</param>
    Task CommitAsync(IReadOnlyList<StreamPosition> positions, string checkpoint, CancellationToken cancellationToken);
}
