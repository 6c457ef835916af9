using HnmStreams.Pipeline.Checkpointing.Saving;
using HnmStreams.Web.Formatting;

namespace HnmStreams.Web.Monitoring;

/// <summary>The history of the run, sampled every second, so that a page opened late shows the past.</summary>
/// <remarks>Thread-safe. Memory is bounded by <see cref="MaxPoints"/>.</remarks>
internal sealed class RunHistory(LearnerView view, TimeProvider time) : BackgroundService
{
    /// <summary>Maximum number of points. A longer history is downsampled, so that its beginning is kept.</summary>
    public const int MaxPoints = 600;

    private const int MaxCheckpoints = 20;

    private readonly Lock _gate = new();
    private readonly DownsampledSeries<RunPoint> _points = new(MaxPoints);
    private readonly Queue<CheckpointStatus> _checkpoints = new();
    private string? _newestCheckpoint;

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<RunPoint> Points
    {
        get
        {
            lock (_gate)
                return [.. _points.Items];
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
            learner.Baselines?.Mined.Steps);
        lock (_gate)
        {
            _points.Add(point);
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
            Record();
    }

    private static double? Metric(IReadOnlyDictionary<string, double> metrics, string name) =>
        metrics.TryGetValue(name, out var value) ? Finite.OrNull(value) : null;
}
