using HnmStreams.Pipeline.Checkpointing.Leases;
using Microsoft.Extensions.Logging;

namespace HnmStreams.Pipeline.Checkpointing;

/// <summary>
/// The checkpoint folder of a learner, with the lease that makes it the only writer. Opening it waits for the lease, so a
/// second process is a standby. With an archive, the lease and the newest checkpoint are those of the archive.
/// </summary>
/// <remarks>Thread-safe, except that <see cref="Load"/> is for one caller at a time.</remarks>
public sealed partial class CheckpointStore : IAsyncDisposable
{
    // Several heartbeats per expiry, so that a late one has no effect.
    private const int HeartbeatsPerExpiry = 5;

    private readonly LearnerLease _lease;
    private readonly CheckpointArchive? _archive;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _superseded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _heartbeats;

    private CheckpointStore(string folder, CheckpointingOptions options, LearnerLease lease, CheckpointArchive? archive, TimeProvider time, ILogger logger)
    {
        (Folder, Options, _lease, _archive, _logger) = (folder, options, lease, archive, logger);
        Files = new CheckpointFolder(folder, options, time) { Archive = archive };
        _heartbeats = SendHeartbeatsAsync(options.LeaseExpiry / HeartbeatsPerExpiry, time);
    }

    public string Folder { get; }

    /// <summary>The epoch, which rises with every change of the learner.</summary>
    public long Epoch => _lease.Epoch;

    /// <summary>Fails when another learner has taken over, so that this one has to stop. Never completes otherwise.</summary>
    public Task Superseded => _superseded.Task;

    internal CheckpointingOptions Options { get; }

    internal CheckpointFolder Files { get; }

    /// <summary>Opens the folder and waits for the lease. With an archive, downloads its newest checkpoint into the folder.</summary>
    /// <param name="waiting">Called with a description of the holder of the lease, once per holder.</param>
    /// <param name="archive">The archive that learners on several machines share; null if the folder is the only place.</param>
    /// <exception cref="CheckpointArchiveException">The archive cannot be used.</exception>
    /// <exception cref="IOException">The folder cannot be used, or its epoch file is damaged.</exception>
    public static async Task<CheckpointStore> OpenAsync(
        string folder, CheckpointingOptions options, Action<string> waiting, TimeProvider time, ILogger logger, CancellationToken cancellationToken, CheckpointArchive? archive = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(waiting);
        var lease = new LearnerLease(folder, LeaseOwner.ThisProcess(), options.LeaseExpiry, time);
        LeaseOwner? reported = null;
        while (true)
        {
            LeaseAttempt attempt;
            try
            {
                attempt = await TryAcquireAsync(lease, archive, cancellationToken);
            }
            catch (CheckpointArchiveException e) when (reported is not null)
            {
                // A standby survives an outage of the archive.
                LogArchiveUnreachable(logger, e.Message.TrimEnd('.'));
                attempt = new LeaseAttempt(false, null, options.LeaseExpiry);
            }

            if (attempt.Acquired)
                break;
            if (attempt.Holder is { } holder && holder.Owner != reported)
                waiting($"{reported = holder.Owner} has the lease (epoch {holder.Epoch})");
            var wait = attempt.Remaining < options.LeaseExpiry / HeartbeatsPerExpiry ? attempt.Remaining : options.LeaseExpiry / HeartbeatsPerExpiry;
            await Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.FromMilliseconds(10), time, cancellationToken);
        }

        var store = new CheckpointStore(folder, options, lease, archive, time, logger);
        if (archive is null)
            return store;
        try
        {
            await new ArchiveDownload(archive, folder, options, time, logger).RunAsync(cancellationToken);
            return store;
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    /// <summary>Opens the newest intact checkpoint; returns null if none exists. Every byte is checked. Damaged checkpoints are logged and skipped.</summary>
    /// <param name="ownOnly">True to ignore the checkpoints of earlier learners: a run that starts fresh resumes only from its own.</param>
    /// <exception cref="SupersededException">Another learner has taken over.</exception>
    /// <exception cref="InvalidDataException">It was made by another version of this program.</exception>
    public ResumePoint? Load(bool ownOnly = false)
    {
        EpochFile.RefuseStale(Folder, _lease.Epoch);
        var search = Files.LoadNewest(ownOnly ? _lease.Epoch : 0);
        foreach (var damaged in search.Damaged)
            LogDamaged(damaged.Path, damaged.Reason);
        return search.Found is { } found ? new ResumePoint(found) : null;
    }

    /// <summary>Releases the lease, so that a standby takes over at once.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _heartbeats;
        try
        {
            if (_archive is not null)
                await RenewArchiveAsync(released: true, CancellationToken.None);
            _lease.Release();
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            LogReleaseFailed(e.Message.TrimEnd('.'));
        }

        _stop.Dispose();
    }

    // The lease of the folder comes first: it decides between processes with the same folder, and keeps a heartbeat while this process waits for the archive.
    private static async Task<LeaseAttempt> TryAcquireAsync(LearnerLease lease, CheckpointArchive? archive, CancellationToken cancellationToken)
    {
        var attempt = lease.TryAcquire();
        if (archive is null || !attempt.Acquired)
            return attempt;
        lease.Heartbeat();
        attempt = await archive.TryAcquireAsync(lease.Epoch, cancellationToken);
        return attempt.Acquired && !lease.RaiseTo(archive.Epoch) ? new LeaseAttempt(false, null, TimeSpan.Zero) : attempt;
    }

    private async Task SendHeartbeatsAsync(TimeSpan every, TimeProvider time)
    {
        using var timer = new PeriodicTimer(every, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
                await SendHeartbeatAsync();
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Stopped.
        }
    }

    private async Task SendHeartbeatAsync()
    {
        try
        {
            if (!_lease.Heartbeat() && EpochFile.Read(Folder) is { } current)
                _superseded.TrySetException(new StaleEpochException(_lease.Epoch, current));
            if (_archive is not null && await RenewArchiveAsync(released: false, _stop.Token) is { } other)
                _superseded.TrySetException(new StaleEpochException(_lease.Epoch, other));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException || (e is OperationCanceledException && !_stop.IsCancellationRequested))
        {
            LogHeartbeatFailed(e.Message.TrimEnd('.'));
        }
    }

    // Bounded, so that a store that does not answer cannot hold up the next heartbeat or the end of the process.
    private async Task<LeaseRecord?> RenewArchiveAsync(bool released, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Options.LeaseExpiry);
        return await _archive!.RenewAsync(released, limit.Token);
    }

    [LoggerMessage(EventId = 310, Level = LogLevel.Error, Message = "Checkpoint {Path} is damaged ({Reason}) and skipped.")]
    private partial void LogDamaged(string path, string reason);

    [LoggerMessage(EventId = 311, Level = LogLevel.Warning, Message = "The lease could not be renewed: {Reason}. If this lasts for pipeline.checkpointing.leaseExpiry, a standby takes over.")]
    private partial void LogHeartbeatFailed(string reason);

    [LoggerMessage(EventId = 312, Level = LogLevel.Warning, Message = "The lease could not be released: {Reason}. It expires by itself.")]
    private partial void LogReleaseFailed(string reason);

    [LoggerMessage(EventId = 316, Level = LogLevel.Warning, Message = "This standby cannot read the lease: {Reason}. It tries again.")]
    private static partial void LogArchiveUnreachable(ILogger logger, string reason);
}
