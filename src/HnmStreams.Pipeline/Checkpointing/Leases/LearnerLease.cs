using HnmStreams.Pipeline.Checkpointing.Disk;

namespace HnmStreams.Pipeline.Checkpointing.Leases;

/// <summary>The result of an attempt to acquire the lease.</summary>
/// <param name="Holder">The current lease, if another learner holds it.</param>
/// <param name="Remaining">The time until the lease expires if the holder sends no heartbeat.</param>
internal sealed record LeaseAttempt(bool Acquired, LeaseRecord? Holder, TimeSpan Remaining);

/// <summary>
/// The lease that ensures one learner per checkpoint folder. Acquiring it raises the epoch in the folder, and a learner that finds
/// a higher epoch than its own stops. The heartbeat only decides when a standby takes over. The epoch prevents that two learners write.
/// </summary>
/// <remarks>
/// It has no thread and no timer: the owner calls <see cref="TryAcquire"/> or <see cref="Heartbeat"/> a few times per
/// <paramref name="expiry"/>. A standby measures the time since the last heartbeat by its own clock, so clocks need not agree. One owner, one thread.
/// </remarks>
internal sealed class LearnerLease(string root, LeaseOwner owner, TimeSpan expiry, TimeProvider time)
{
    private readonly string _token = Guid.NewGuid().ToString("n");
    private readonly LeaseWatch _watch = new(expiry, time);

    /// <summary>The epoch that was acquired last; 0 before the first.</summary>
    public long Epoch { get; private set; }

    /// <summary>Acquires the lease if it is free or released, or if its holder has certainly ended or sent no heartbeat for the expiry.</summary>
    /// <exception cref="DamagedEpochFileException">The epoch file cannot be read.</exception>
    public LeaseAttempt TryAcquire()
    {
        Directory.CreateDirectory(root);
        using var gate = FolderLock.TryTake(root);
        if (gate is null)
            return new LeaseAttempt(false, _watch.Seen, expiry);
        var current = EpochFile.Read(root);
        if (IsOurs(current))
            return new LeaseAttempt(true, null, TimeSpan.Zero);
        if (current is not null && _watch.Remaining(current) is var remaining && remaining > TimeSpan.Zero)
            return new LeaseAttempt(false, current, remaining);

        Raise(current);
        return new LeaseAttempt(true, null, TimeSpan.Zero);
    }

    /// <summary>Takes the lease over from any holder.</summary>
    /// <returns>The new epoch.</returns>
    public long TakeOver()
    {
        Directory.CreateDirectory(root);
        using var gate = FolderLock.Take(root);
        Raise(EpochFile.Read(root));
        return Epoch;
    }

    /// <summary>Raises the epoch of a held lease to one that was acquired elsewhere.</summary>
    /// <returns>False if another learner has taken over.</returns>
    public bool RaiseTo(long epoch)
    {
        using var gate = FolderLock.Take(root);
        var current = EpochFile.Read(root);
        if (!IsOurs(current) || epoch < Epoch)
            return false;
        EpochFile.Write(root, current! with { Epoch = epoch });
        Epoch = epoch;
        return true;
    }

    /// <summary>Returns true if this learner still holds the lease. Reads one small file.</summary>
    public bool IsStillOurs() => IsOurs(EpochFile.Read(root));

    /// <summary>Sends a heartbeat.</summary>
    /// <returns>False if another learner has taken over; then nothing is written.</returns>
    public bool Heartbeat() => Renew(released: false);

    /// <summary>Releases the lease, so that a standby takes over at once. Has no effect if another learner already has.</summary>
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

    /// <summary>Raises the epoch above that of every checkpoint, even if the epoch file is missing: a later epoch must mean a newer checkpoint.</summary>
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
