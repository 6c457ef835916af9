using HnmStreams.Web.Recovery;

namespace HnmStreams.Web.Monitoring;

/// <summary>The current run as the page, health checks, metrics and the terminal see it. Thread-safe.</summary>
internal sealed class LearnerView(TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly ThroughputWindow _throughput = new(TimeSpan.FromSeconds(5), time);
    private LearnerSources? _sources;
    private RunDescription? _description;
    private RunPhase _phase = RunPhase.Starting;
    private long _startedAt = time.GetTimestamp();
    private TimeSpan? _duration;
    private string? _waitsFor;
    private RecoveryTracker? _recovery;

    public RunPhase Phase
    {
        get
        {
            lock (_gate)
                return _phase;
        }
    }

    /// <summary>Null until the learner has started.</summary>
    public LearnerSources? Sources
    {
        get
        {
            lock (_gate)
                return _sources;
        }
    }

    /// <summary>True if the stream changes at known examples.</summary>
    public bool ChangesAreKnown
    {
        get
        {
            lock (_gate)
                return _recovery is not null;
        }
    }

    /// <summary>Attaches a started learner, and starts its clock.</summary>
    public void Attach(RunDescription description, LearnerSources sources)
    {
        lock (_gate)
        {
            (_description, _sources, _phase, _startedAt) = (description, sources, RunPhase.Learning, time.GetTimestamp());
            (_waitsFor, _duration) = (null, null);
            if (description.Changes is { } changes)
                _recovery ??= new RecoveryTracker(changes);
            _throughput.Observe(sources.Status().Ranking.Stream.Consumed);
        }
    }

    /// <summary>Sets the reason why the run waits, or null if it continues.</summary>
    public void WaitFor(string? reason)
    {
        lock (_gate)
            _waitsFor = reason;
    }

    /// <summary>Enters a phase. The clock stops if the run is over.</summary>
    public void Enter(RunPhase phase)
    {
        lock (_gate)
        {
            _phase = phase;
            if (phase is RunPhase.Stopped or RunPhase.Failed)
                _duration ??= time.GetElapsedTime(_startedAt);
        }
    }

    /// <summary>Takes a moment of the run into account for the recoveries from changes of the stream.</summary>
    public void Observe(RecoveryObservation observation)
    {
        lock (_gate)
            _recovery?.Observe(observation);
    }

    public RunSnapshot Snapshot()
    {
        lock (_gate)
        {
            var learner = _sources?.Status();
            var rate = learner is null ? 0 : _throughput.Observe(learner.Ranking.Stream.Consumed);
            return new RunSnapshot(_phase, _description, _duration ?? time.GetElapsedTime(_startedAt), rate, learner, _sources?.Consumer(), _waitsFor ?? _sources?.DecodingWaitsFor(), _sources?.Gate.IsPaused ?? false)
            {
                At = time.GetUtcNow(),
                Rejections = _sources?.DeadLetters?.Reasons() ?? [],
                Recoveries = _recovery?.Recoveries ?? [],
            };
        }
    }
}
