using Akka.Actor;
using HnmStreams.Pipeline.Compute;
using HnmStreams.Pipeline.Evaluating;
using HnmStreams.Pipeline.Flow.Tuning;
using HnmStreams.Pipeline.Ranking.Stages;
using HnmStreams.Pipeline.Supervision;
using HnmStreams.Tasks.Labels;
using HnmStreams.Torch.Replicas;
using HnmStreams.Torch.Snapshots;

namespace HnmStreams.Pipeline.Tuning;

/// <summary>
/// The actor that runs the trials: it starts challengers, compares them with the champion once per interval, and ends or promotes them.
/// <see cref="Tuner"/> decides. A challenger that fails ends its trial and nothing else.
/// </summary>
internal sealed class TunerActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan SnapshotTimeout = TimeSpan.FromSeconds(60);

    private readonly LabeledTask _task;
    private readonly Tuner _tuner;
    private readonly TuningOptions _options;
    private readonly Func<ScoringReplica> _createReplica;
    private readonly Props _challenger;
    private readonly RankingPort _ranking;
    private readonly ComputeLanes _lanes;
    private readonly Func<bool> _mayStart;
    private readonly TimeProvider _time;
    private readonly Stack<IActorRef> _idle = new();
    private readonly Dictionary<long, IActorRef> _running = [];
    private ScoringReplica? _replica;
    private (long Positives, long Negatives)? _arrivals;
    private long _comparisons;
    private Comparison? _due;
    private bool _promoting;

    /// <param name="challenger">Creates a challenger actor.</param>
    /// <param name="mayStart">Returns true if trials may start: the champion beats chance.</param>
    public TunerActor(
        LabeledTask task, Tuner tuner, TuningOptions options, Func<ScoringReplica> createReplica, Props challenger, RankingPort ranking, ComputeLanes lanes, Func<bool> mayStart, TimeProvider time)
    {
        (_task, _tuner, _options, _createReplica, _challenger) = (task, tuner, options, createReplica, challenger);
        (_ranking, _lanes, _mayStart, _time) = (ranking, lanes, mayStart, time);
        Receive<Tick>(_ => OnTick());
        Receive<ComparisonRows>(OnRows);
        Receive<LearnerSnapshot>(OnSnapshot);
        Receive<Promotion>(OnPromotion);
        Receive<FellBehind>(behind => End(behind.Trial, "The machine is too busy: the challenger could not keep up."));
        Receive<Terminated>(ended => OnStopped(ended.ActorRef));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    protected override void PreStart()
    {
        // After a restart of this actor, the trials of its predecessor.
        _ranking.Tell(new RankingMessage.StopChallenger(Trial: null));
        _tuner.EndAll("The tuner was restarted.");
        Timers.StartSingleTimer(nameof(Tick), new Tick(), _options.Interval);
    }

    protected override void PostStop()
    {
        _due?.Dispose();
        _replica?.Dispose();
    }

    private void OnTick()
    {
        if (_due is { } late && _time.GetElapsedTime(late.Start) > SnapshotTimeout)
        {
            late.Dispose();
            _due = null;
        }

        while (!_promoting && _mayStart() && _tuner.TryStart() is var (number, settings))
        {
            var learner = _idle.TryPop(out var idle) ? idle : Context.Watch(Context.ActorOf(_challenger.WithDispatcher(PinnedDispatcher.Id)));
            _running.Add(number, learner);
            _ranking.Tell(new RankingMessage.StartChallenger(number, learner, Self, settings));
        }

        if (_running.Count > 0 && !_promoting && _due is null)
        {
            _due = Comparison.Begin(++_comparisons, _time.GetTimestamp());
            _ranking.Tell(new RankingMessage.CompareChallengers(new SnapshotRequest(_due.Number, Self), _arrivals));
        }

        Timers.StartSingleTimer(nameof(Tick), new Tick(), _options.Interval);
    }

    private void OnRows(ComparisonRows rows)
    {
        if (_due?.Number != rows.Comparison)
        {
            rows.Rows.Dispose();
            return;
        }

        _due.Rows = rows;
        CompareIfComplete();
    }

    private void OnSnapshot(LearnerSnapshot snapshot)
    {
        if (_due?.Number != snapshot.Comparison)
        {
            snapshot.Weights.Dispose();
            return;
        }

        _due.Snapshots[snapshot.Trial] = snapshot;
        CompareIfComplete();
    }

    private void CompareIfComplete()
    {
        if (_due is not { Rows: { } rows } due || !due.Snapshots.ContainsKey(LearnerSnapshot.Champion) || rows.Trials.Any(trial => _running.ContainsKey(trial) && !due.Snapshots.ContainsKey(trial)))
            return;
        _due = null;
        using var ended = due;
        var start = _time.GetTimestamp();
        var hasNew = rows.AreNew.Contains(true);
        var champion = hasNew ? Score(due.Snapshots[LearnerSnapshot.Champion].Weights, rows) : [];
        foreach (var (trial, snapshot) in due.Snapshots.Where(s => s.Key != LearnerSnapshot.Champion && _running.ContainsKey(s.Key)).OrderBy(s => s.Key))
        {
            IReadOnlyList<double> differences = hasNew ? PairedOutcomes.Differences(_task, rows.Rows, rows.AreNew, champion, Score(snapshot.Weights, rows)) : [];
            Follow(trial, _tuner.Add(trial, differences, snapshot.Steps, snapshot.Seconds));
        }

        _arrivals = rows.Arrivals;
        // The waits for compute lanes count as well, so that the share is rather too small than too large.
        _tuner.AddEvaluation(_time.GetElapsedTime(start).TotalSeconds);
    }

    private void Follow(long trial, TrialVerdict verdict)
    {
        switch (verdict)
        {
            case TrialVerdict.Better when !_promoting:
                _promoting = true;
                _ranking.Tell(new RankingMessage.PromoteChallenger(trial, Self, _tuner.SettingsOf(trial)));
                break;
            case TrialVerdict.Worse:
                End(trial, "Significantly worse.");
                break;
            case TrialVerdict.NoDifference:
                End(trial, "No significant difference within the steps of a trial.");
                break;
        }
    }

    private void OnPromotion(Promotion promotion)
    {
        _promoting = false;
        if (!promotion.Done)
        {
            End(promotion.Trial, "Significantly better, but the stream had ended or the challenger could not keep up.");
            return;
        }

        _tuner.Promote(promotion.Trial);
        foreach (var learner in _running.Values)
            _idle.Push(learner);
        _running.Clear();
    }

    private void End(long trial, string reason)
    {
        _tuner.End(trial, reason);
        if (!_running.Remove(trial, out var learner))
            return;
        _ranking.Tell(new RankingMessage.StopChallenger(trial));
        _idle.Push(learner);
        CompareIfComplete();
    }

    private void OnStopped(IActorRef learner)
    {
        var failed = _running.Where(r => r.Value.Equals(learner)).Select(r => r.Key).ToArray();
        foreach (var trial in failed)
        {
            _running.Remove(trial);
            _tuner.End(trial, "The challenger failed.");
            _ranking.Tell(new RankingMessage.StopChallenger(trial));
        }

        var others = _idle.Where(idle => !idle.Equals(learner)).ToArray();
        _idle.Clear();
        Array.ForEach(others, _idle.Push);
        CompareIfComplete();
    }

    private float[] Score(ModelSnapshot weights, ComparisonRows rows)
    {
        _replica ??= _createReplica();
        _replica.Adopt(weights);
        return RowOutputs.Of(_task, _replica, rows.Rows, _lanes);
    }

    private sealed record Tick;

    private sealed class Comparison(long number, long start) : IDisposable
    {
        public static Comparison Begin(long number, long start) => new(number, start);

        public long Number => number;

        public long Start => start;

        public ComparisonRows? Rows { get; set; }

        public Dictionary<long, LearnerSnapshot> Snapshots { get; } = [];

        public void Dispose()
        {
            Rows?.Rows.Dispose();
            foreach (var snapshot in Snapshots.Values)
                snapshot.Weights.Dispose();
        }
    }
}
