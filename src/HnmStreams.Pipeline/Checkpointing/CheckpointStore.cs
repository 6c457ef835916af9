using HnmStreams.Pipeline.Checkpointing.Leases;
using Microsoft.Extensions.Logging;

namespace HnmStreams.Pipeline.Checkpointing;

/// <summary>
/// The checkpoint folder of a learner, with the lease that makes it the only writer. Opening it waits for the lease, so a
/// second process is a standby.
/// </summary>
/// <remarks>Thread-safe, except that <see cref="Load"/> is for one caller at a time.</remarks>
public sealed partial class CheckpointStore : IAsyncDisposable
{
    // Several heartbeats per expiry, so that a late one has no effect.
    private const int HeartbeatsPerExpiry = 5;

    private readonly LearnerLease _lease;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _superseded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _heartbeats;

    private CheckpointStore(string folder, CheckpointingOptions options, LearnerLease lease, TimeProvider time, ILogger logger)
    {
        (Folder, Options, _lease, _logger) = (folder, options, lease, logger);
        Files = new CheckpointFolder(folder, options, time);
        _heartbeats = SendHeartbeatsAsync(options.LeaseExpiry / HeartbeatsPerExpiry, time);
    }

    public string Folder { get; }

    /// <summary>The epoch, which rises with every change of the learner.</summary>
    public long Epoch => _lease.Epoch;

    /// <summary>Fails when another learner has taken over, so that this one has to stop. Never completes otherwise.</summary>
    public Task Superseded => _superseded.Task;

    internal CheckpointingOptions Options { get; }

    internal CheckpointFolder Files { get; }

    /// <summary>Opens the folder and waits for the lease.</summary>
    /// <param name="waiting">Called with a description of the holder of the lease, once per holder.</param>
    /// <exception cref="IOException">The folder cannot be used, or its epoch file is damaged.</exception>
    public static async Task<CheckpointStore> OpenAsync(
        string folder, CheckpointingOptions options, Action<string> waiting, TimeProvider time, ILogger logger, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(waiting);
        var lease = new LearnerLease(folder, LeaseOwner.ThisProcess(), options.LeaseExpiry, time);
        LeaseOwner? reported = null;
        while (true)
        {
            var attempt = lease.TryAcquire();
            if (attempt.Acquired)
                return new CheckpointStore(folder, options, lease, time, logger);
            if (attempt.Holder is { } holder && holder.Owner != reported)
                waiting($"{reported = holder.Owner} has the lease (epoch {holder.Epoch})");
            var wait = attempt.Remaining < options.LeaseExpiry / HeartbeatsPerExpiry ? attempt.Remaining : options.LeaseExpiry / HeartbeatsPerExpiry;
            await Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.FromMilliseconds(10), time, cancellationToken);
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
            _lease.Release();
        }
        catch (IOException e)
        {
            LogReleaseFailed(e.Message.TrimEnd('.'));
        }

        _stop.Dispose();
    }

    private async Task SendHeartbeatsAsync(TimeSpan every, TimeProvider time)
    {
        using var timer = new PeriodicTimer(every, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
                SendHeartbeat();
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    private void SendHeartbeat()
    {
        try
        {
            if (!_lease.Heartbeat() && EpochFile.Read(Folder) is { } current)
                _superseded.TrySetException(new StaleEpochException(_lease.Epoch, current));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogHeartbeatFailed(e.Message.TrimEnd('.'));
        }
    }

    [LoggerMessage(EventId = 310, Level = LogLevel.Error, Message = "Checkpoint {Path} is damaged ({Reason}) and skipped.")]
    private partial void LogDamaged(string path, string reason);

    [LoggerMessage(EventId = 311, Level = LogLevel.Warning, Message = "The lease could not be renewed: {Reason}. If this lasts for pipeline.checkpointing.leaseExpiry, a standby takes over.")]
    private partial void LogHeartbeatFailed(string reason);

    [LoggerMessage(EventId = 312, Level = LogLevel.Warning, Message = "The lease could not be released: {Reason}. It expires by itself.")]
    private partial void LogReleaseFailed(string reason);
}
