using HnmStreams.Data.Records;

namespace HnmStreams.Pipeline.Checkpointing;

/// <summary>What the pipeline has to know of where its records come from, without knowing Kafka. Thread-safe.</summary>
public interface IStreamPositions
{
    /// <summary>
    /// The watermarks of the state as a checkpoint holds them: under the ids of cluster and topic, and with the starting
    /// offsets of partitions from which nothing has been taken in yet.
    /// </summary>
    IReadOnlyList<CheckpointWatermark> Locate(IReadOnlyList<Watermark> taken);

    /// <summary>A checkpoint with these watermarks is on the disk: only now may they be committed.</summary>
    /// <param name="checkpoint">Its id.</param>
    Task CommitAsync(IReadOnlyList<Watermark> watermarks, string checkpoint, CancellationToken cancellationToken);
}
