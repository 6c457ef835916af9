using HnmStreams.Kafka.Consuming;
using HnmStreams.Pipeline;
using HnmStreams.Pipeline.Ranking;

namespace HnmStreams.Host.Running;

/// <summary>What can be seen and asked of a learner.</summary>
/// <param name="Status">Cheap, any thread.</param>
/// <param name="Consumer">Cheap, any thread.</param>
/// <param name="Hardest">The pool's hardest negatives.</param>
internal sealed record LearnerSources(
    Func<PipelineStatus> Status,
    Func<ConsumerStatus> Consumer,
    Func<int, CancellationToken, Task<IReadOnlyList<HardNegative>>> Hardest);

/// <summary>What a run is about; does not change during it.</summary>
/// <param name="PrimaryMetric">What a user of the task looks at first.</param>
/// <param name="Feed">What the built-in producer sends; null where there is none.</param>
internal sealed record RunDescription(string Task, string PrimaryMetric, string Bootstrap, bool Embedded, string Topic, string? Feed);

/// <summary>One look at a run.</summary>
/// <param name="Description">Null until the stream is there.</param>
/// <param name="Learner">Null until the learner is there.</param>
/// <param name="ExamplesPerSecond">Of the last seconds.</param>
internal sealed record RunPicture(
    RunPhase Phase,
    RunDescription? Description,
    TimeSpan Elapsed,
    double ExamplesPerSecond,
    PipelineStatus? Learner,
    ConsumerStatus? Consumer);

/// <summary>The one place where pages, health checks, metrics and displays look at the run. Thread-safe.</summary>
internal sealed class LearnerView(TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly ThroughputWindow _throughput = new(TimeSpan.FromSeconds(5), time);
    private LearnerSources? _sources;
    private RunDescription? _description;
    private RunPhase _phase = RunPhase.Starting;
    private long _began = time.GetTimestamp();
    private TimeSpan? _ended;

    public RunPhase Phase
    {
        get
        {
            lock (_gate)
                return _phase;
        }
    }

    /// <summary>Null until the learner is there.</summary>
    public LearnerSources? Sources
    {
        get
        {
            lock (_gate)
                return _sources;
        }
    }

    /// <summary>The learner is there and its clock starts.</summary>
    public void Attach(RunDescription description, LearnerSources sources)
    {
        lock (_gate)
        {
            (_description, _sources, _phase, _began) = (description, sources, RunPhase.Learning, time.GetTimestamp());
            _throughput.Observe(0);
        }
    }

    /// <summary>The clock stops at the end.</summary>
    public void Enter(RunPhase phase)
    {
        lock (_gate)
        {
            _phase = phase;
            if (phase is RunPhase.Stopped or RunPhase.Failed)
                _ended ??= time.GetElapsedTime(_began);
        }
    }

    public RunPicture Look()
    {
        lock (_gate)
        {
            var learner = _sources?.Status();
            var rate = learner is null ? 0 : _throughput.Observe(learner.Consumed);
            return new RunPicture(_phase, _description, _ended ?? time.GetElapsedTime(_began), rate, learner, _sources?.Consumer());
        }
    }
}
