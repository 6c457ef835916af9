using HnmStreams.Pipeline.Checkpointing.Disk;

namespace HnmStreams.Pipeline.Checkpointing.Leases;

/// <param name="Holder">Who has the lease, where it is another.</param>
/// <param name="Remaining">Until it may be taken, if the holder stays silent.</param>
internal sealed record LeaseAttempt(bool Acquired, LeaseRecord? Holder, TimeSpan Remaining);

/// <summary>
/// One learner per checkpoint folder. Whoever takes the lease raises the epoch in the folder; who meets a higher epoch
/// than its own stops. The heartbeat decides only when a standby takes over: that no two learners write is the epoch's work.
/// </summary>
/// <remarks>
/// No thread and no timer of its own: the owner calls <see cref="TryAcquire"/> or <see cref="Heartbeat"/> a few times in
/// each <paramref name="expiry"/>. A standby measures silence by its own clock, so clocks need not agree. One owner, one thread.
/// </remarks>
internal sealed class LearnerLease(string root, LeaseOwner owner, TimeSpan expiry, TimeProvider time)
{
    private readonly string _token = Guid.NewGuid().ToString("n");
    private LeaseRecord? _seen;
    private long _seenAt;

    /// <summary>The epoch last acquired; 0 before.</summary>
    public long Epoch { get; private set; }

    /// <summary>Takes the lease where nobody has it, its holder released it or is certainly dead, or has been silent for the expiry.</summary>
    /// <exception cref="DamagedEpochFileException">The epoch file cannot be read.</exception>
    public LeaseAttempt TryAcquire()
    {
        Directory.CreateDirectory(root);
        using var gate = FolderLock.TryTake(root);
        if (gate is null)
            return new LeaseAttempt(false, _seen, expiry);
        var current = EpochFile.Read(root);
        if (IsOurs(current))
            return new LeaseAttempt(true, null, TimeSpan.Zero);
        if (current is { Released: false } && !current.Owner.IsGone())
        {
            if (current != _seen)
                (_seen, _seenAt) = (current, time.GetTimestamp());
            var remaining = expiry - time.GetElapsedTime(_seenAt);
            if (remaining > TimeSpan.Zero)
                return new LeaseAttempt(false, current, remaining);
        }

        Raise(current);
        return new LeaseAttempt(true, null, TimeSpan.Zero);
    }

    /// <summary>Takes the lease from whoever has it.</summary>
    /// <returns>The new epoch.</returns>
    public long TakeOver()
    {
        Directory.CreateDirectory(root);
        using var gate = FolderLock.Take(root);
        Raise(EpochFile.Read(root));
        return Epoch;
    }

    /// <summary>Whether this learner may go on. One small file is read.</summary>
    public bool IsStillOurs() => IsOurs(EpochFile.Read(root));

    /// <summary>Says that this learner lives.</summary>
    /// <returns>False where another has taken over, and nothing was written.</returns>
    public bool Heartbeat() => Renew(released: false);

    /// <summary>Lets a standby take over at once. Does nothing where another already has.</summary>
    public void Release() => Renew(released: true);

    private bool Renew(bool released)
    {
        using var gate = FolderLock.Take(root);
        var current = EpochFile.Read(root);
        if (!IsOurs(current))
            return false;
        EpochFile.Write(root, current! with { Heartbeat = time.GetUtcNow(), Beats = current.Beats + 1, Released = released });
        return true;
    }

    private bool IsOurs(LeaseRecord? record) =>
        record is { Released: false } && record.Epoch == Epoch && string.Equals(record.Token, _token, StringComparison.Ordinal);

    /// <summary>Above every epoch that has ever left a checkpoint, even where the epoch file is gone: a later epoch must mean a newer checkpoint.</summary>
    private void Raise(LeaseRecord? current)
    {
        var highest = CheckpointNames.Newest(root).Select(c => c.Id.Epoch).DefaultIfEmpty(0).Max();
        var last = Math.Max(highest, current?.Epoch ?? 0);
        if (last >= CheckpointNames.MaxEpoch)
        {
            throw last == highest
                ? new DamagedEpochFileException(Path.Combine(root, CheckpointNames.Folder(CheckpointNames.Newest(root)[0].Id)), $"its name has epoch {last}; at most {CheckpointNames.MaxEpoch - 1} can be continued")
                : new DamagedEpochFileException(EpochFile.PathIn(root), $"it has epoch {last}; at most {CheckpointNames.MaxEpoch - 1} can be continued");
        }

        var epoch = last + 1;
        EpochFile.Write(root, new LeaseRecord(epoch, owner, _token, time.GetUtcNow(), 0, Released: false));
        Epoch = epoch;
    }
}
