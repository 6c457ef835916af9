namespace HnmStreams.Pipeline.Checkpointing.Leases;

/// <summary>Another learner has taken over the checkpoint folder. The one that meets this stops; its state is not written.</summary>
internal sealed class StaleEpochException(long own, LeaseRecord current)
    : SupersededException($"This learner has epoch {own}; epoch {current.Epoch} was taken by {current.Owner}. It stops: what it has learnt since its last checkpoint is learnt again by the other.")
{
    public long Own { get; } = own;

    public long Current { get; } = current.Epoch;
}

/// <summary>Who the learner is can no longer be read.</summary>
internal sealed class DamagedEpochFileException(string path, string reason, Exception? cause = null)
    : IOException($"{path} is damaged ({reason}), so nobody can tell which learner may write here. Make sure that none runs, delete the file, and start one.", cause);
