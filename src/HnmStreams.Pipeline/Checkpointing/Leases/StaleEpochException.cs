namespace HnmStreams.Pipeline.Checkpointing.Leases;

/// <summary>The exception for a learner after another one has taken over the checkpoint folder. It has to stop, and its state is not written.</summary>
internal sealed class StaleEpochException(long own, LeaseRecord current)
    : SupersededException($"This learner has epoch {own}; epoch {current.Epoch} belongs to {current.Owner}. It stops. The other learner continues from the last checkpoint.")
{
    public long Own { get; } = own;

    public long Current { get; } = current.Epoch;
}

/// <summary>The exception for an epoch file that cannot be read, so that the owner of the folder is unknown.</summary>
internal sealed class DamagedEpochFileException(string path, string reason, Exception? cause = null)
    : IOException($"{path} is damaged ({reason}), so the learner that owns this folder is unknown. Make sure that no learner runs, delete the file, and start one.", cause);
