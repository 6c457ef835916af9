using HnmStreams.Pipeline.Checkpointing.Disk;
using HnmStreams.Pipeline.Checkpointing.Leases;

namespace HnmStreams.Pipeline.Checkpointing.ObjectStore;

/// <summary>
/// The lease of a learner, and the list of published checkpoints, as one object that changes only by conditional writes. A learner that was replaced
/// holds an old tag, so none of its writes succeeds.
/// </summary>
/// <remarks>
/// Thread-safe; one write at a time. A write whose answer was lost may have succeeded. It is found by the next one: its condition fails, the object is
/// read again, and the token shows that it is still ours.
/// </remarks>
internal sealed class ObjectLease(IObjectStore store, LeaseOwner owner, TimeSpan expiry, TimeProvider time) : IDisposable
{
    // Only this learner writes the object while it holds the lease, so one retry is enough unless requests are answered late.
    private const int MaxAttempts = 5;

    private readonly string _token = Guid.NewGuid().ToString("n");
    private readonly LeaseWatch _watch = new(expiry, time);
    private readonly SemaphoreSlim _one = new(1, 1);
    private LeaseObject? _current;
    private string? _etag;
    private bool _isChecked;

    public long Epoch => Volatile.Read(ref _current)?.Lease.Epoch ?? 0;

    public IReadOnlyList<CheckpointId> Published => Volatile.Read(ref _current)?.Checkpoints ?? [];

    /// <summary>Acquires the lease if it is free, released or expired.</summary>
    public async Task<LeaseAttempt> TryAcquireAsync(long minEpoch, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            if (!_isChecked)
                await ConditionCheck.EnsureAsync(store, cancellationToken);
            _isChecked = true;
            var (found, etag) = await ReadAsync(cancellationToken);
            if (found is not null && IsOurs(found.Lease))
                return Adopt(found, etag);
            if (found is not null && _watch.Remaining(found.Lease) is var remaining && remaining > TimeSpan.Zero)
                return new LeaseAttempt(false, found.Lease, remaining);

            var checkpoints = found?.Checkpoints ?? await FindCheckpointsAsync(cancellationToken);
            var last = Math.Max(found?.Lease.Epoch ?? 0, checkpoints.Select(c => c.Epoch).DefaultIfEmpty(0).Max());
            var epoch = Math.Max(last + 1, minEpoch);
            if (epoch > CheckpointNames.MaxEpoch)
                throw new CheckpointArchiveException($"The epoch of {Address} must be below {CheckpointNames.MaxEpoch} but is {last}. No learner has written it. Set another checkpoints.objectStore.prefix.");
            var next = new LeaseObject(LeaseObject.CurrentFormat, new LeaseRecord(epoch, owner, _token, time.GetUtcNow(), 0, Released: false), checkpoints);
            return await store.TryWriteAsync(ObjectNames.Lease, next.ToBytes(), etag, cancellationToken) is { } written
                ? Adopt(next, written)
                : new LeaseAttempt(false, null, TimeSpan.Zero);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Sends a heartbeat, or releases the lease.</summary>
    /// <returns>The lease of the learner that has taken over; null if this learner still holds it.</returns>
    public Task<LeaseRecord?> RenewAsync(bool released, CancellationToken cancellationToken) =>
        UpdateAsync(o => o with { Lease = o.Lease with { Heartbeat = time.GetUtcNow(), Beats = o.Lease.Beats + 1, Released = released } }, cancellationToken);

    /// <summary>Adds a checkpoint to the published ones, of which the newest <paramref name="keep"/> stay. This is the commit of a checkpoint.</summary>
    /// <returns>The lease of the learner that has taken over; null if the checkpoint is published.</returns>
    public Task<LeaseRecord?> PublishAsync(CheckpointId id, int keep, CancellationToken cancellationToken) =>
        UpdateAsync(o => o with { Checkpoints = [.. o.Checkpoints.Append(id).Distinct().OrderDescending().Take(keep)] }, cancellationToken);

    public void Dispose() => _one.Dispose();

    private string Address => $"{store.Location}{ObjectNames.Lease}";

    private async Task<LeaseRecord?> UpdateAsync(Func<LeaseObject, LeaseObject> change, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            for (var attempt = 0; attempt < MaxAttempts; attempt++)
            {
                var next = change(_current!);
                if (await store.TryWriteAsync(ObjectNames.Lease, next.ToBytes(), _etag, cancellationToken) is { } written)
                {
                    _etag = written;
                    Volatile.Write(ref _current, next);
                    return null;
                }

                var (found, etag) = await ReadAsync(cancellationToken);
                if (found is not null && !IsOurs(found.Lease))
                    return found.Lease;

                // It is ours: an earlier write had succeeded. Or it was deleted: then it is created again, unless another learner is faster.
                _etag = etag;
                Volatile.Write(ref _current, found ?? _current);
            }
        }
        finally
        {
            _one.Release();
        }

        throw new CheckpointArchiveException($"{Address} could not be written: the store refused {MaxAttempts} conditional writes in a row, although no other learner has changed the object. Check that nothing else writes to it.");
    }

    private LeaseAttempt Adopt(LeaseObject acquired, string? etag)
    {
        _etag = etag;
        Volatile.Write(ref _current, acquired);
        return new LeaseAttempt(true, null, TimeSpan.Zero);
    }

    private bool IsOurs(LeaseRecord lease) => !lease.Released && string.Equals(lease.Token, _token, StringComparison.Ordinal);

    private async Task<(LeaseObject? Found, string? ETag)> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await store.ReadAsync(ObjectNames.Lease, LeaseObject.MaxBytes, cancellationToken) is { } stored
                ? (LeaseObject.FromBytes(stored.Content), stored.ETag)
                : (null, null);
        }
        catch (InvalidDataException e)
        {
            throw new CheckpointArchiveException($"{Address} is damaged ({e.Message}), so the learner that owns this prefix is unknown. Make sure that no learner runs, delete the object, and start one: it finds the checkpoints by their names.", e);
        }
    }

    // Without a lease object, every checkpoint with a manifest counts.
    private async Task<IReadOnlyList<CheckpointId>> FindCheckpointsAsync(CancellationToken cancellationToken) =>
        [.. (await store.ListAsync(ObjectNames.CheckpointPrefix, cancellationToken)).Select(ObjectNames.ManifestOf).OfType<CheckpointId>().OrderDescending()];
}
