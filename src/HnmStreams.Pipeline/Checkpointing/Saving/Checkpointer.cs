using HnmStreams.Data.Records;
using HnmStreams.Pipeline.Checkpointing.Crashes;
using HnmStreams.Pipeline.Checkpointing.Disk;
using HnmStreams.Pipeline.Telemetry;
using Microsoft.Extensions.Logging;

namespace HnmStreams.Pipeline.Checkpointing.Saving;

/// <summary>
/// The maker of checkpoints, by time and on request. It asks the owners for captures of their state, waits until the dead letters
/// and predictions below the positions are acknowledged, writes on another thread, and only then commits the positions.
/// </summary>
/// <remarks>Thread-safe. One checkpoint at a time.</remarks>
internal sealed partial class Checkpointer : IAsyncDisposable
{
    private readonly CheckpointStore _store;
    private readonly CrashJournal _journal;
    private readonly int _contributors;
    private readonly Action<CheckpointRequest> _capture;
    private readonly Func<CancellationToken, Task> _acknowledge;
    private readonly IPositionCommitter _positions;
    private readonly IReadOnlyDictionary<string, string> _settings;
    private readonly Func<(long Consumed, long Steps)> _progress;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly CancellationTokenSource _stop = new();
    private (long Consumed, long Steps) _saved;
    private Task _running = Task.CompletedTask;
    private CheckpointStatus _status;

    /// <param name="contributors">The number of owners that add their state to a request.</param>
    /// <param name="capture">Asks all owners to add their state to a request. It must not wait for them.</param>
    /// <param name="acknowledge">Completes when every record written so far is acknowledged: dead letters and predictions below the positions.</param>
    /// <param name="progress">Returns how far the state has come. No checkpoint is made by time while it has not moved.</param>
    public Checkpointer(
        CheckpointStore store,
        CrashJournal journal,
        int contributors,
        Action<CheckpointRequest> capture,
        Func<CancellationToken, Task> acknowledge,
        IPositionCommitter positions,
        IReadOnlyDictionary<string, string> settings,
        Func<(long Consumed, long Steps)> progress,
        CheckpointStatus status,
        TimeProvider time,
        ILogger logger)
    {
        _journal = journal;
        (_store, _contributors, _capture, _acknowledge, _positions, _settings) = (store, contributors, capture, acknowledge, positions, settings);
        (_progress, _status, _time, _logger) = (progress, status, time, logger);
        _saved = progress();
    }

    public CheckpointStatus Status => Volatile.Read(ref _status);

    /// <summary>Starts to make checkpoints by time.</summary>
    /// <param name="failed">Called with an error that the learner must not survive: another learner has taken over, or a dead letter was lost.</param>
    public void Start(Action<Exception> failed) => _running = RunAsync(failed);

    /// <summary>Makes a checkpoint now, or after the one in progress.</summary>
    /// <exception cref="Leases.StaleEpochException">Another learner has taken over.</exception>
    /// <exception cref="OperationCanceledException">The learner ended before its state was captured.</exception>
    public async Task<CheckpointOutcome> SaveAsync(CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stop.Token);
        await _one.WaitAsync(either.Token);
        try
        {
            var start = _time.GetTimestamp();
            var progress = _progress();
            var (outcome, consumed) = await CaptureAndWriteAsync(either.Token);
            var seconds = _time.GetElapsedTime(start).TotalSeconds;
            PipelineInstruments.CheckpointDuration.Record(
                seconds, new KeyValuePair<string, object?>("outcome", outcome is CheckpointWritten ? "written" : "failed"));
            Note(outcome, progress, consumed, seconds);
            return outcome;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Stops. A checkpoint that is being written is finished first.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        await _one.WaitAsync();
        _one.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync(Action<Exception> failed)
    {
        using var timer = new PeriodicTimer(_store.Options.Every, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                if (_progress() != _saved)
                    await SaveAsync(_stop.Token);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Stopped.
        }
#pragma warning disable CA1031 // A learner whose state cannot be saved must not continue unnoticed, whatever the error.
        catch (Exception e)
#pragma warning restore CA1031
        {
            failed(e);
        }
    }

    private async Task<(CheckpointOutcome Outcome, long Consumed)> CaptureAndWriteAsync(CancellationToken cancellationToken)
    {
        using var request = new CheckpointRequest(_contributors);
        _capture(request);
        await request.Complete.WaitAsync(cancellationToken);
        await _acknowledge(cancellationToken);
        var outcome = await Task.Run(() => Write(request), CancellationToken.None);
        if (outcome is CheckpointWritten written)
            await CommitAsync(request.Positions, written.Checkpoint.Id, cancellationToken);
        return (outcome, request.Consumed);
    }

    private CheckpointOutcome Write(CheckpointRequest request) => _store.Files.Write(new CheckpointContent(
        _store.Files.NextId(_store.Epoch), request.ModelVersion, _positions.Locate(request.Positions), _settings, request.Parts()));

    // The committed offsets are for people and tools only. A restart uses the checkpoint, so a commit may fail.
    private async Task CommitAsync(IReadOnlyList<StreamPosition> positions, CheckpointId id, CancellationToken cancellationToken)
    {
        try
        {
            await _positions.CommitAsync(positions, id.ToString(), cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            LogNotCommitted(id.ToString(), e.Message.TrimEnd('.'));
        }
    }

    private void Note(CheckpointOutcome outcome, (long Consumed, long Steps) progress, long consumed, double seconds)
    {
        if (outcome is CheckpointWritten written)
        {
            // Read before the capture: what has arrived since is in the checkpoint, or will be in the next.
            _saved = progress;
            if (_store.Files.OldestKept() is { } oldest)
                _journal.Forget(oldest);
            var checkpoint = written.Checkpoint;
            var bytes = checkpoint.Manifest!.Bytes;
            Volatile.Write(ref _status, new CheckpointStatus(
                checkpoint.Id.ToString(), _time.GetUtcNow(), consumed, bytes, seconds, _status.Written + 1, _status.Failures, null));
            LogWritten(checkpoint.Id, bytes, seconds);
            foreach (var leftover in written.NotRemoved)
                LogNotRemoved(leftover.Path, leftover.Reason.TrimEnd('.'));
            return;
        }

        var failure = outcome.ToString()!;
        Volatile.Write(ref _status, _status with { Failures = _status.Failures + 1, LastFailure = failure });
        LogFailed(failure);
    }

    [LoggerMessage(EventId = 300, Level = LogLevel.Debug, Message = "Checkpoint {Id} was written: {Bytes} bytes in {Seconds:F2} s.")]
    private partial void LogWritten(CheckpointId id, long bytes, double seconds);

    [LoggerMessage(EventId = 301, Level = LogLevel.Error, Message = "{Failure} Learning continues, and the next checkpoint is attempted after the usual interval.")]
    private partial void LogFailed(string failure);

    [LoggerMessage(EventId = 302, Level = LogLevel.Warning, Message = "{Path} could not be deleted: {Reason}.")]
    private partial void LogNotRemoved(string path, string reason);

    [LoggerMessage(EventId = 303, Level = LogLevel.Warning, Message = "The positions of checkpoint {Id} could not be committed: {Reason}. A restart resumes from the checkpoint all the same.")]
    private partial void LogNotCommitted(string id, string reason);
}
