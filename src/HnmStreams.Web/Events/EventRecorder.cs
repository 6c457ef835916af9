using HnmStreams.Web.Monitoring;
using HnmStreams.Web.Verdicts;

namespace HnmStreams.Web.Events;

/// <summary>Observes the run every second and writes its changes to the event log.</summary>
/// <remarks>A verdict is logged once it has lasted for some time, because figures near a limit change it back and forth.</remarks>
internal sealed class EventRecorder(LearnerView view, RunHistory history, EventLog events, TimeProvider time) : BackgroundService
{
    /// <summary>The time that a verdict must last before it is logged.</summary>
    public static readonly TimeSpan SettledAfter = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private LearnerSources? _observed;
    private RunObservation? _last;
    private VerdictKind? _logged;
    private VerdictKind? _candidate;
    private long _candidateSince;

    /// <summary>Logs the changes since the previous call.</summary>
    public void Observe()
    {
        if (view.Sources is not { } sources || view.Phase is RunPhase.Starting or RunPhase.Standby)
            return;
        var now = RunObservation.Of(view.Snapshot(), sources.Questions.Models(), history.ComparablePoints);
        // A learner that was restored from a checkpoint begins with old decisions, which are logged already.
        var before = ReferenceEquals(_observed, sources) ? _last! : now with { UnreachableSince = null, StuckPartitions = [] };
        (_observed, _last) = (sources, now with { Budget = RunChanges.IsNotable(before.Budget, now.Budget) ? now.Budget : before.Budget });
        foreach (var change in RunChanges.Between(before, now))
            events.Add(change.Kind, change.Text, RunEventActor.Learner, change.ModelVersion);
        if (Settled(now.Verdict))
            events.Add(RunEventKind.Verdict, now.Verdict.Sentence, RunEventActor.Learner, now.Verdict.ModelVersion);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            Observe();
    }

    private bool Settled(RunVerdict verdict)
    {
        if (verdict.Kind == VerdictKind.Waiting || verdict.Kind == _logged)
        {
            _candidate = null;
            return false;
        }

        if (verdict.Kind != _candidate)
            (_candidate, _candidateSince) = (verdict.Kind, time.GetTimestamp());
        if (time.GetElapsedTime(_candidateSince) < SettledAfter)
            return false;
        _logged = verdict.Kind;
        return true;
    }
}
