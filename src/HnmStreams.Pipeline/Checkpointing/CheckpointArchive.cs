using HnmStreams.Pipeline.Checkpointing.Disk;
using HnmStreams.Pipeline.Checkpointing.Leases;

namespace HnmStreams.Pipeline.Checkpointing;

/// <summary>
/// The lease and the checkpoints that learners on several machines share, beside the folder of each. With an archive, a checkpoint counts
/// only when it is published there, and only the holder of the archive's lease can publish.
/// </summary>
/// <remarks>Thread-safe, except that one checkpoint is published at a time.</remarks>
public abstract class CheckpointArchive
{
    private protected CheckpointArchive()
    {
    }

    /// <summary>The address, for messages.</summary>
    public abstract string Location { get; }

    /// <summary>The epoch that was acquired last; 0 before the first.</summary>
    internal abstract long Epoch { get; }

    /// <summary>The published checkpoints, newest first. Empty before the lease is acquired.</summary>
    internal abstract IReadOnlyList<CheckpointId> Published { get; }

    /// <summary>The highest sequence number that was published or attempted. A failed attempt keeps its number, so that no late write can mix two attempts.</summary>
    internal abstract long LastSequence { get; }

    /// <summary>Acquires the lease if it is free, released or expired.</summary>
    /// <param name="minEpoch">The lowest value for the new epoch.</param>
    /// <exception cref="CheckpointArchiveException">The archive cannot be used.</exception>
    internal abstract Task<LeaseAttempt> TryAcquireAsync(long minEpoch, CancellationToken cancellationToken);

    /// <summary>Sends a heartbeat, or releases the lease.</summary>
    /// <returns>The lease of the learner that has taken over; null if this learner still holds it.</returns>
    /// <exception cref="CheckpointArchiveException">The archive cannot be reached.</exception>
    internal abstract Task<LeaseRecord?> RenewAsync(bool released, CancellationToken cancellationToken);

    /// <summary>Uploads a complete checkpoint and publishes it. O(bytes that the archive does not have yet).</summary>
    /// <param name="folder">The folder with the files of <paramref name="manifest"/>.</param>
    /// <exception cref="StaleEpochException">Another learner has taken over. Nothing is published.</exception>
    /// <exception cref="CheckpointArchiveException">The archive cannot be used.</exception>
    internal abstract Task PublishAsync(string folder, CheckpointManifest manifest, CancellationToken cancellationToken);

    /// <summary>Deletes everything that no published checkpoint needs, of this and earlier epochs.</summary>
    /// <returns>The objects that could not be deleted.</returns>
    internal abstract Task<IReadOnlyList<DamagedCheckpoint>> RemoveUnpublishedAsync(CancellationToken cancellationToken);

    /// <summary>Returns true if a folder has the published checkpoint of an id, by its manifest.</summary>
    /// <exception cref="CheckpointArchiveException">The archive cannot be reached.</exception>
    internal abstract Task<bool> MatchesAsync(CheckpointId id, string folder, CancellationToken cancellationToken);

    /// <summary>Downloads a published checkpoint into a folder of checkpoints. Its content is not checked. O(bytes).</summary>
    /// <exception cref="InvalidDataException">The manifest is missing or damaged, or a part is incomplete.</exception>
    /// <exception cref="CheckpointArchiveException">The archive cannot be reached.</exception>
    internal abstract Task DownloadAsync(CheckpointId id, string root, CancellationToken cancellationToken);
}

/// <summary>The exception for an archive that cannot be reached or used. The message contains the remedy.</summary>
public sealed class CheckpointArchiveException : IOException
{
    public CheckpointArchiveException()
    {
    }

    public CheckpointArchiveException(string message)
        : base(message)
    {
    }

    public CheckpointArchiveException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
