using HnmStreams.Pipeline.Checkpointing.Saving;
using HnmStreams.Web.Formatting;

namespace HnmStreams.Web.Monitoring;

/// <summary>Looks at the run every second and remembers, so that a page opened late shows the past.</summary>
/// <remarks>Bounded: see <see cref="Points"/>. Any thread may read.</remarks>
internal sealed class RunHistory(LearnerView view, TimeProvider time) : BackgroundService
{
    /// <summary>Points at most; a long run is thinned, so that its beginning stays.</summary>
    public const int MostPoints = 600;

    private const int MostCheckpoints = 20;

    private readonly Lock _gate = new();
    private readonly DownsampledSeries<RunPoint> _points = new(MostPoints);
    private readonly Queue<CheckpointStatus> _checkpoints = new();
    private string? _newest;

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<RunPoint> Points
    {
        get
        {
            lock (_gate)
                return [.. _points.Items];
        }
    }

    /// <summary>Of this process, newest first.</summary>
    public IReadOnlyList<CheckpointStatus> Checkpoints
    {
        get
        {
            lock (_gate)
                return [.. _checkpoints.Reverse()];
        }
    }

    /// <summary>Takes in how the run stands now.</summary>
    public void Note()
    {
        var picture = view.Look();
        if (picture is not { Learner: { } learner, Description: { } about, Phase: RunPhase.Learning or RunPhase.Draining })
            return;
        var point = new RunPoint(
            picture.Elapsed.TotalSeconds,
            picture.ExamplesPerSecond,
            picture.Consumer?.Lag ?? 0,
            learner.Training.Loss,
            Metric(learner.Evaluation.HeldOut, about.PrimaryMetric),
            Metric(learner.Evaluation.Prequential, about.PrimaryMetric),
            learner.Training.Steps,
            learner.Training.ModelVersion,
            learner.Scoring.Seconds,
            learner.Training.Seconds,
            learner.Baselines is { } random ? Metric(random.Random.HeldOut, about.PrimaryMetric) : null,
            learner.Baselines is { } equal ? Metric(equal.RandomEqualCompute.HeldOut, about.PrimaryMetric) : null,
            learner.Baselines?.AgainstRandom);
        lock (_gate)
        {
            _points.Add(point);
            if (learner.Checkpoint.Id is not { } id || learner.Checkpoint.Written == 0 || string.Equals(id, _newest, StringComparison.Ordinal))
                return;
            _newest = id;
            _checkpoints.Enqueue(learner.Checkpoint);
            if (_checkpoints.Count > MostCheckpoints)
                _checkpoints.Dequeue();
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            Note();
    }

    private static double? Metric(IReadOnlyDictionary<string, double> metrics, string name) =>
        metrics.TryGetValue(name, out var value) ? Finite.OrNull(value) : null;
}
