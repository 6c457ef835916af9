using HnmStreams.Kafka.Consuming.Status;
using HnmStreams.Pipeline;
using HnmStreams.Pipeline.Checkpointing.Saving;
using HnmStreams.Tasks;

namespace HnmStreams.Web.Monitoring;

/// <summary>What can be seen and asked of a learner.</summary>
/// <param name="Status">Cheap, any thread.</param>
/// <param name="Consumer">Cheap, any thread.</param>
/// <param name="Questions">What a person may ask.</param>
/// <param name="Checkpoint">Makes one now.</param>
/// <param name="Gate">Holds records back, or lets them pass.</param>
/// <param name="Views">Rows for eyes.</param>
/// <param name="DeadLetters">The last ones; null where nobody remembers them.</param>
internal sealed record LearnerSources(
    Func<PipelineStatus> Status,
    Func<ConsumerStatus> Consumer,
    ILearnerQuestions Questions,
    Func<CancellationToken, Task<CheckpointStatus>> Checkpoint,
    IIntakeGate Gate,
    IRowPreviews Views,
    RecentDeadLetters? DeadLetters = null);

/// <summary>What a run is about; does not change during it.</summary>
/// <param name="PrimaryMetric">What a user of the task looks at first.</param>
/// <param name="Feed">What the built-in producer sends; null where there is none.</param>
/// <param name="SuspectsLabels">Whether wrong labels are looked for.</param>
internal sealed record RunDescription(string Task, string PrimaryMetric, string Bootstrap, bool Embedded, string Topic, string? Feed, bool SuspectsLabels = false);

/// <summary>One look at a run.</summary>
/// <param name="Description">Null until the stream is there.</param>
/// <param name="Learner">Null until the learner is there.</param>
/// <param name="ExamplesPerSecond">Of the last seconds.</param>
/// <param name="WaitsFor">What a run that has no learner yet waits for; null where it waits for nothing.</param>
internal sealed record RunSnapshot(
    RunPhase Phase,
    RunDescription? Description,
    TimeSpan Elapsed,
    double ExamplesPerSecond,
    PipelineStatus? Learner,
    ConsumerStatus? Consumer,
    string? WaitsFor = null,
    bool Paused = false);

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
    private string? _waitsFor;

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
            (_waitsFor, _ended) = (null, null);
            _throughput.Observe(sources.Status().Ranking.Stream.Consumed);
        }
    }

    /// <summary>What the run waits for; null when it goes on.</summary>
    public void WaitFor(string? reason)
    {
        lock (_gate)
            _waitsFor = reason;
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

    public RunSnapshot Look()
    {
        lock (_gate)
        {
            var learner = _sources?.Status();
            var rate = learner is null ? 0 : _throughput.Observe(learner.Ranking.Stream.Consumed);
            return new RunSnapshot(_phase, _description, _ended ?? time.GetElapsedTime(_began), rate, learner, _sources?.Consumer(), _waitsFor, _sources?.Gate.IsPaused ?? false);
        }
    }
}
