using HnmStreams.Data.Records;
using HnmStreams.Pipeline.Checkpointing.Crashes;
using HnmStreams.Pipeline.Publishing;
using HnmStreams.Pipeline.Ranking;
using HnmStreams.Pipeline.Telemetry;
using Microsoft.Extensions.Logging;

namespace HnmStreams.Pipeline.Checkpointing;

/// <summary>
/// Makes checkpoints, by time and when asked: has the state captured, waits for the dead letters under it, writes beside
/// the work, and only then lets the positions be committed.
/// </summary>
/// <remarks>Thread-safe; one checkpoint at a time.</remarks>
internal sealed partial class Checkpointer : IAsyncDisposable
{
    private readonly CheckpointStore _store;
    private readonly CrashJournal _journal;
    private readonly RankingPort _ranking;
    private readonly IDeadLetterSink _deadLetters;
    private readonly IPositionCommitter _positions;
    private readonly IReadOnlyDictionary<string, string> _shape;
    private readonly Func<(long Consumed, long Steps)> _progress;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly CancellationTokenSource _stop = new();
    private readonly ModelRegistry? _registry;
    private readonly int _baselines;
    private (long Consumed, long Steps) _saved;
    private Task _running = Task.CompletedTask;
    private CheckpointStatus _status;

    /// <param name="registry">The models that passed the gate; null where there is none.</param>
    /// <param name="controls">Baselines that add their state.</param>
    /// <param name="progress">What the state has come to; a tick at which it has not moved is passed over.</param>
    public Checkpointer(
        CheckpointStore store,
        CrashJournal journal,
        RankingPort ranking,
        IDeadLetterSink deadLetters,
        IPositionCommitter positions,
        IReadOnlyDictionary<string, string> shape,
        Func<(long Consumed, long Steps)> progress,
        CheckpointStatus status,
        ModelRegistry? registry,
        int controls,
        TimeProvider time,
        ILogger logger)
    {
        _journal = journal;
        (_store, _ranking, _deadLetters, _positions, _shape) = (store, ranking, deadLetters, positions, shape);
        (_progress, _status, _time, _logger) = (progress, status, time, logger);
        (_saved, _registry, _baselines) = (progress(), registry, controls);
    }

    public CheckpointStatus Status => Volatile.Read(ref _status);

    /// <summary>Begins to make checkpoints by time.</summary>
    /// <param name="failed">Hears of what no learner may survive: another took over, or a dead letter was lost.</param>
    public void Start(Action<Exception> failed) => _running = RunAsync(failed);

    /// <summary>Makes one now, or after the one that is under way.</summary>
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
            var outcome = await CaptureAndWriteAsync(either.Token);
            var seconds = _time.GetElapsedTime(start).TotalSeconds;
            PipelineInstruments.CheckpointDuration.Record(
                seconds, new KeyValuePair<string, object?>("outcome", outcome is CheckpointWritten ? "written" : "failed"));
            Note(outcome, progress, seconds);
            return outcome;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Ends; one that is being written is finished first.</summary>
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
#pragma warning disable CA1031 // Whatever it is, a learner whose state cannot be saved must not go on unnoticed.
        catch (Exception e)
#pragma warning restore CA1031
        {
            failed(e);
        }
    }

    private async Task<CheckpointOutcome> CaptureAndWriteAsync(CancellationToken cancellationToken)
    {
        var request = new CheckpointRequest(_baselines);
        // Before the learner's own state, so that no model is of a version that the learner has yet to make.
        using var models = _registry?.Capture();
        try
        {
            _ranking.Tell(new RankingMessage.Checkpoint(request));
            await request.Complete.WaitAsync(cancellationToken);
            // No dead letter may lie under the positions that nobody has acknowledged.
            await _deadLetters.FlushAsync(cancellationToken);
            var outcome = await Task.Run(() => Write(request, models), CancellationToken.None);
            if (outcome is CheckpointWritten written)
                await CommitAsync(request.Ranking!.Positions, written.Checkpoint.Id, cancellationToken);
            return outcome;
        }
        finally
        {
            request.Dispose();
            if (request.Ranking is { } ranking)
                _ranking.Tell(new RankingMessage.Release(ranking.Pin));
        }
    }

    private CheckpointOutcome Write(CheckpointRequest request, RegistryCapture? models)
    {
        var (ranking, trainer) = (request.Ranking!, request.Trainer!);
        return _store.Files.Write(new CheckpointContent(
            _store.Files.NextId(_store.Epoch),
            trainer.Learner.Counters.Version,
            _positions.Locate(ranking.Positions),
            _shape,
            [.. trainer.Parts(), .. request.Controls.OrderBy(c => c.Which).SelectMany(c => c.Parts()), .. models?.Parts() ?? [], .. ranking.Parts()]));
    }

    // What Kafka holds is for people and tools to look at: a restart goes by the checkpoint, so a commit may fail.
    private async Task CommitAsync(IReadOnlyList<StreamPosition> positions, CheckpointId id, CancellationToken cancellationToken)
    {
        try
        {
            await _positions.CommitAsync(positions, id.ToString(), cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            LogNotCommitted(id.ToString(), e.Message);
        }
    }

    private void Note(CheckpointOutcome outcome, (long Consumed, long Steps) progress, double seconds)
    {
        if (outcome is CheckpointWritten written)
        {
            _saved = progress;
            if (_store.Files.OldestKept() is { } oldest)
                _journal.Forget(oldest);
            var checkpoint = written.Checkpoint;
            var bytes = checkpoint.Manifest!.Bytes;
            Volatile.Write(ref _status, new CheckpointStatus(
                checkpoint.Id.ToString(), _time.GetUtcNow(), progress.Consumed, bytes, seconds, _status.Written + 1, _status.Failures, null));
            LogWritten(checkpoint.Id, bytes, seconds);
            foreach (var leftover in written.NotRemoved)
                LogNotRemoved(leftover.Path, leftover.Reason);
            return;
        }

        var failure = outcome.ToString()!;
        Volatile.Write(ref _status, _status with { Failures = _status.Failures + 1, LastFailure = failure });
        LogFailed(failure);
    }

    [LoggerMessage(EventId = 300, Level = LogLevel.Debug, Message = "Checkpoint {Id}: {Bytes} bytes in {Seconds:F2} s")]
    private partial void LogWritten(CheckpointId id, long bytes, double seconds);

    [LoggerMessage(EventId = 301, Level = LogLevel.Error, Message = "{Failure} Learning goes on, and the next checkpoint is tried in time")]
    private partial void LogFailed(string failure);

    [LoggerMessage(EventId = 302, Level = LogLevel.Warning, Message = "{Path} should be gone: {Reason}")]
    private partial void LogNotRemoved(string path, string reason);

    [LoggerMessage(EventId = 303, Level = LogLevel.Warning, Message = "The positions of checkpoint {Id} could not be committed: {Reason}. A restart goes by the checkpoint all the same")]
    private partial void LogNotCommitted(string id, string reason);
}
