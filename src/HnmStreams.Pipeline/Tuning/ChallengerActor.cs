using Akka.Actor;
using HnmStreams.Pipeline.Baselines;
using HnmStreams.Pipeline.Checkpointing.Crashes;
using HnmStreams.Pipeline.Compute;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Flow.Tuning;
using HnmStreams.Pipeline.Ranking.Stages;
using HnmStreams.Pipeline.Supervision;
using HnmStreams.Pipeline.Training;
using HnmStreams.Torch.Learning;

namespace HnmStreams.Pipeline.Tuning;

/// <summary>
/// The owner of one challenger, on its own thread and on a compute lane, for one trial after the other. A trial starts with the trainer's state.
/// What arrives before this state waits for it.
/// </summary>
internal sealed class ChallengerActor : ReceiveActor
{
    private readonly Func<TunedSettings, Learner> _create;
    private readonly RankingPort _ranking;
    private readonly ComputeLanes _lanes;
    private readonly NativeCallTracker _nativeCalls;
    private readonly TimeProvider _time;
    private readonly int _worker;
    private readonly List<object> _waiting = [];
    private BeginTrial? _trial;
    private BaselineSteps? _steps;
    private long _stepsAtStart;

    /// <param name="create">Creates a learner with these settings. Called on this actor's thread.</param>
    public ChallengerActor(Func<TunedSettings, Learner> create, RankingPort ranking, ComputeLanes lanes, NativeCallTracker nativeCalls, TimeProvider time)
    {
        (_create, _ranking, _lanes, _nativeCalls, _time) = (create, ranking, lanes, nativeCalls, time);
        _worker = nativeCalls.Rent();
        Receive<BeginTrial>(Begin);
        Receive<LearnerFork>(Adopt);
        Receive<TrainingRound>(OnceAdopted);
        Receive<SnapshotRequest>(OnceAdopted);
        Receive<HandOver>(OnceAdopted);
        Receive<EndTrial>(_ => End());
    }

    protected override void PostStop()
    {
        End();
        _nativeCalls.Return(_worker);
    }

    private void Begin(BeginTrial trial)
    {
        End();
        _trial = trial;
    }

    private void Adopt(LearnerFork fork)
    {
        using var state = fork.State;
        // The state for a trial that has ended meanwhile.
        if (_trial?.Trial != fork.Trial || _steps is not null)
            return;
        var learner = _create(_trial.Settings);
        _steps = StepsOf(learner);
        learner.Restore(state);
        _stepsAtStart = learner.Steps;
        foreach (var message in _waiting)
            Handle(_trial, _steps, message);
        _waiting.Clear();
    }

    private void OnceAdopted(object message)
    {
        if (_trial is not null && _steps is not null)
            Handle(_trial, _steps, message);
        else if (_trial is not null)
            _waiting.Add(message);
        else
            Discard(message);
    }

    private void Handle(BeginTrial trial, BaselineSteps steps, object message)
    {
        switch (message)
        {
            case TrainingRound round:
                TrainingTurn.Run(round.Batches, _lanes, _nativeCalls.Plan, Step);
                _ranking.Tell(new RankingMessage.ChallengerDone(trial.Trial, round.Batches.Count));
                break;
            case SnapshotRequest request:
                request.Receiver.Tell(new LearnerSnapshot(request.Comparison, trial.Trial, steps.Learner.Current(), steps.Learner.Steps - _stepsAtStart, steps.Status.Seconds));
                break;
            case HandOver handOver:
                handOver.Trainer.Tell(new TakeOver(steps.Learner.Capture(), trial.Settings));
                End();
                break;
        }
    }

    private void Step(TrainingBatch batch)
    {
        using var call = _nativeCalls.Begin(_worker, NativeWork.Training, batch.Origins);
        _steps!.Step(batch);
    }

    private void End()
    {
        _waiting.ForEach(Discard);
        _waiting.Clear();
        _steps?.Dispose();
        (_trial, _steps) = (null, null);
    }

    private BaselineSteps StepsOf(Learner learner) => new(learner, default, _time);

    private static void Discard(object message)
    {
        foreach (var batch in (message as TrainingRound)?.Batches ?? [])
            batch.Dispose();
    }
}
