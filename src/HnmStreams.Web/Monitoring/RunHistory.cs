using HnmStreams.Pipeline.Checkpointing.Saving;
using HnmStreams.Web.Formatting;
using HnmStreams.Web.Recovery;
using Microsoft.Extensions.Logging;

namespace HnmStreams.Web.Monitoring;

/// <summary>
/// The history of the run, sampled every second, so that a page opened late shows the past. If the run has a checkpoint folder, the
/// history is stored there and continues after a restart.
/// </summary>
/// <remarks>Thread-safe. Memory is bounded by <see cref="MaxPoints"/>.</remarks>
internal sealed partial class RunHistory(LearnerView view, TimeProvider time, ILogger<RunHistory> logger) : BackgroundService
{
    /// <summary>Maximum number of points: the whole history, downsampled, and the last minutes in full.</summary>
    public const int MaxPoints = MaxWhole + MaxRecent;

    private const int MaxWhole = 400;
    private const int MaxRecent = 200;
    private const int MaxCheckpoints = 20;

    private static readonly TimeSpan SaveInterval = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly DownsampledSeries<RunPoint> _whole = new(MaxWhole);
    private readonly Queue<RunPoint> _recent = new();
    private HistoryFile? _file;
    private string? _fingerprint;
    private DateTimeOffset? _comparableSince;
    private long _savedAt;
    private readonly Queue<CheckpointStatus> _checkpoints = new();
    private string? _newestCheckpoint;

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<RunPoint> Points
    {
        get
        {
            lock (_gate)
                return _recent.TryPeek(out var oldest) ? [.. _whole.Items.TakeWhile(p => p.At < oldest.At), .. _recent] : [.. _whole.Items];
        }
    }

    /// <summary>The points that belong to the present data and learning settings, oldest first. Conclusions about the run depend on these only.</summary>
    public IReadOnlyList<RunPoint> ComparablePoints
    {
        get
        {
            lock (_gate)
                return _comparableSince is { } since ? [.. Points.Where(p => p.At >= since)] : Points;
        }
    }

    /// <summary>The most recent checkpoints of this process, newest first.</summary>
    public IReadOnlyList<CheckpointStatus> Checkpoints
    {
        get
        {
            lock (_gate)
                return [.. _checkpoints.Reverse()];
        }
    }

    /// <summary>Continues the stored history of a checkpoint folder, and stores the points from now on.</summary>
    public void Open(HistoryFile file)
    {
        lock (_gate)
        {
            _file = file;
            try
            {
                if (file.Load() is not { } stored)
                    return;
                (_fingerprint, _comparableSince) = (stored.Fingerprint, stored.ComparableSince);
                _whole.Restore(stored.Whole, stored.Stride);
                _recent.Clear();
                foreach (var point in stored.Recent.TakeLast(MaxRecent))
                    _recent.Enqueue(point);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                LogNotRead(e.Message);
            }
        }
    }

    /// <summary>Sets the data that the points from now on belong to. Earlier points of other data stay in the curves, but are not comparable.</summary>
    /// <param name="fingerprint">The identity of the data and of the learning settings.</param>
    /// <returns>False if the earlier points belong to other data or learning settings.</returns>
    public bool SetData(string fingerprint)
    {
        lock (_gate)
        {
            if (string.Equals(_fingerprint, fingerprint, StringComparison.Ordinal))
                return true;
            var isUnknown = _fingerprint is null;
            _fingerprint = fingerprint;
            if (Points.Count == 0)
                return true;
            _comparableSince = time.GetUtcNow();
            // A file of an earlier program version has no fingerprint, which is no change to report.
            return isUnknown;
        }
    }

    /// <summary>Removes all points: the run begins with new weights, so earlier curves do not belong to it.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _whole.Clear();
            _recent.Clear();
            _comparableSince = null;
        }
    }

    /// <summary>Stores the history if there is a checkpoint folder. A failure is logged, since the learner does not depend on it.</summary>
    public void Save()
    {
        StoredHistory stored;
        lock (_gate)
        {
            _savedAt = time.GetTimestamp();
            stored = new StoredHistory(_whole.Stride, [.. _whole.Items], [.. _recent], _fingerprint, _comparableSince);
        }

        try
        {
            _file?.Save(stored);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogNotSaved(e.Message);
        }
    }

    /// <summary>Adds a point for the current state of the run.</summary>
    public void Record()
    {
        var snapshot = view.Snapshot();
        if (snapshot is not { Learner: { } learner, Description: { } description, Phase: RunPhase.Learning or RunPhase.Draining })
            return;
        var point = new RunPoint(
            snapshot.Elapsed.TotalSeconds,
            snapshot.ExamplesPerSecond,
            snapshot.Consumer?.Lag ?? 0,
            learner.Training.Loss,
            Metric(learner.Evaluation.HeldOut, description.PrimaryMetric),
            Metric(learner.Evaluation.Prequential, description.PrimaryMetric),
            learner.Training.Steps,
            learner.Training.ModelVersion,
            learner.Scoring.Seconds,
            learner.Training.Seconds,
            learner.Baselines is { } baselines ? Metric(baselines.Random.HeldOut, description.PrimaryMetric) : null,
            learner.Baselines is { } both ? Metric(both.RandomEqualCompute.HeldOut, description.PrimaryMetric) : null,
            learner.Baselines?.AgainstRandom,
            learner.Evaluation.ModelVersion > 0 ? learner.Evaluation.ModelVersion : null,
            learner.Baselines?.Mined.Steps)
        {
            At = snapshot.At,
        };
        view.Observe(new RecoveryObservation(
            point.Seconds,
            learner.Ranking.Stream.Consumed,
            point.Steps,
            point.ComparedSteps,
            learner.Baselines is not { } report ? null : [(point.HeldOut, report.Mined.Steps), (point.Random, report.Random.Steps), (point.RandomEqualCompute, report.RandomEqualCompute.Steps)]));
        lock (_gate)
        {
            _whole.Add(point);
            _recent.Enqueue(point);
            if (_recent.Count > MaxRecent)
                _recent.Dequeue();
            if (learner.Checkpoint.Id is not { } id || learner.Checkpoint.Written == 0 || string.Equals(id, _newestCheckpoint, StringComparison.Ordinal))
                return;
            _newestCheckpoint = id;
            _checkpoints.Enqueue(learner.Checkpoint);
            if (_checkpoints.Count > MaxCheckpoints)
                _checkpoints.Dequeue();
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            Record();
            if (time.GetElapsedTime(_savedAt) >= SaveInterval)
                Save();
        }
    }

    private static double? Metric(IReadOnlyDictionary<string, double> metrics, string name) =>
        metrics.TryGetValue(name, out var value) ? Finite.OrNull(value) : null;

    [LoggerMessage(EventId = 811, EventName = "HistoryNotRead", Level = LogLevel.Warning, Message = "The history of the run cannot be read: {Reason}. The curves begin again.")]
    private partial void LogNotRead(string reason);

    [LoggerMessage(EventId = 812, EventName = "HistoryNotSaved", Level = LogLevel.Warning, Message = "The history of the run cannot be stored: {Reason}.")]
    private partial void LogNotSaved(string reason);
}
