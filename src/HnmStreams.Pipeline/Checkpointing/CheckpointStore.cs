using HnmStreams.Pipeline.Checkpointing.Leases;
using Microsoft.Extensions.Logging;

namespace HnmStreams.Pipeline.Checkpointing;

/// <summary>
/// A learner's place: its checkpoint folder, and the lease that makes it the only one who writes there. Opening it waits
/// until the lease is ours, so a second process is a standby.
/// </summary>
/// <remarks>Thread-safe, but <see cref="Load"/> is for one caller at a time.</remarks>
public sealed partial class CheckpointStore : IAsyncDisposable
{
    // A few beats fit into an expiry, so that one that comes late costs nothing.
    private const int BeatsPerExpiry = 5;

    private readonly LearnerLease _lease;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _superseded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _beating;

    private CheckpointStore(string folder, CheckpointingOptions options, LearnerLease lease, TimeProvider time, ILogger logger)
    {
        (Folder, Options, _lease, _logger) = (folder, options, lease, logger);
        Files = new CheckpointFolder(folder, options, time);
        _beating = BeatAsync(options.LeaseExpiry / BeatsPerExpiry, time);
    }

    public string Folder { get; }

    /// <summary>Rises with every change of the learner.</summary>
    public long Epoch => _lease.Epoch;

    /// <summary>Fails when another learner has taken over: this one has to stop. Never completes otherwise.</summary>
    public Task Superseded => _superseded.Task;

    internal CheckpointingOptions Options { get; }

    internal CheckpointFolder Files { get; }

    /// <summary>Waits for the lease.</summary>
    /// <param name="waiting">Hears who has the lease, once for each holder.</param>
    /// <exception cref="IOException">The folder cannot be used, or its epoch file is damaged.</exception>
    public static async Task<CheckpointStore> OpenAsync(
        string folder, CheckpointingOptions options, Action<string> waiting, TimeProvider time, ILogger logger, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(waiting);
        var lease = new LearnerLease(folder, LeaseOwner.ThisProcess(), options.LeaseExpiry, time);
        LeaseOwner? told = null;
        while (true)
        {
            var attempt = lease.TryAcquire();
            if (attempt.Acquired)
                return new CheckpointStore(folder, options, lease, time, logger);
            if (attempt.Holder is { } holder && holder.Owner != told)
                waiting($"{told = holder.Owner} has the lease (epoch {holder.Epoch})");
            var wait = attempt.Remaining < options.LeaseExpiry / BeatsPerExpiry ? attempt.Remaining : options.LeaseExpiry / BeatsPerExpiry;
            await Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.FromMilliseconds(10), time, cancellationToken);
        }
    }

    /// <summary>The newest whole checkpoint, every byte checked; null where there is none. Damaged ones are logged and passed over.</summary>
    /// <exception cref="SupersededException">Another learner has taken over.</exception>
    /// <exception cref="InvalidDataException">It was made by another version of this program.</exception>
    public ResumePoint? Load()
    {
        EpochFile.RefuseStale(Folder, _lease.Epoch);
        var search = Files.LoadNewest();
        foreach (var damaged in search.Damaged)
            LogDamaged(damaged.Path, damaged.Reason);
        return search.Found is { } found ? new ResumePoint(found) : null;
    }

    /// <summary>Gives the lease back: a standby takes over at once.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _beating;
        try
        {
            _lease.Release();
        }
        catch (IOException e)
        {
            // The lease runs out by itself.
            LogBeatFailed(e.Message);
        }

        _stop.Dispose();
    }

    private async Task BeatAsync(TimeSpan every, TimeProvider time)
    {
        using var timer = new PeriodicTimer(every, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
                Beat();
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    private void Beat()
    {
        try
        {
            if (!_lease.Heartbeat() && EpochFile.Read(Folder) is { } current)
                _superseded.TrySetException(new StaleEpochException(_lease.Epoch, current));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogBeatFailed(e.Message);
        }
    }

    [LoggerMessage(EventId = 310, Level = LogLevel.Error, Message = "Checkpoint {Path} is damaged ({Reason}) and passed over for the one before it")]
    private partial void LogDamaged(string path, string reason);

    [LoggerMessage(EventId = 311, Level = LogLevel.Warning, Message = "The lease could not be renewed: {Reason}. If that lasts for pipeline.checkpointing.leaseExpiry, a standby takes over")]
    private partial void LogBeatFailed(string reason);
}
