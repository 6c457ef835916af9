using Akka.Actor;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Flow.Tuning;

namespace HnmStreams.Pipeline.Ranking.Stages;

/// <summary>The challengers as the ranking stage knows them: the rounds sent to each, and the rounds done.</summary>
/// <remarks>Owned by the ranking stage. Only in live mode.</remarks>
internal sealed class ChallengerRounds
{
    private readonly Dictionary<long, Challenger> _active = [];

    /// <summary>The numbers of the active trials.</summary>
    public IReadOnlyCollection<long> Trials => _active.Keys;

    /// <summary>Begins a trial with the trainer's state after all rounds that it was sent.</summary>
    public void Start(RankingMessage.StartChallenger start, IActorRef trainer)
    {
        _active[start.Trial] = new Challenger(start.Learner, start.Tuner, start.Settings);
        start.Learner.Tell(new BeginTrial(start.Trial, start.Settings), ActorRefs.NoSender);
        trainer.Tell(new ForkLearner(start.Trial, start.Learner), ActorRefs.NoSender);
    }

    /// <summary>Sends each challenger its counterpart of a round. Must be called before the round is sent to the trainer, which disposes it.</summary>
    /// <param name="draw">Returns the counterpart of the round for a challenger's settings.</param>
    public void Send(TrainingRound mined, Func<TrainingRound, TunedSettings, TrainingRound> draw)
    {
        foreach (var (trial, challenger) in _active)
        {
            // A challenger with fewer steps than the champion cannot be compared with it.
            if (challenger.StepsBehind > 0 && challenger.StepsBehind + mined.Batches.Count > BaselineRounds.MaxStepsBehind)
            {
                Stop(trial);
                challenger.Tuner.Tell(new FellBehind(trial), ActorRefs.NoSender);
                continue;
            }

            challenger.StepsBehind += mined.Batches.Count;
            challenger.Learner.Tell(draw(mined, challenger.Settings), ActorRefs.NoSender);
        }
    }

    public void Done(long trial, int steps)
    {
        if (_active.TryGetValue(trial, out var challenger))
            challenger.StepsBehind -= steps;
    }

    /// <summary>Asks all challengers for their weights.</summary>
    public void Tell(SnapshotRequest request)
    {
        foreach (var challenger in _active.Values)
            challenger.Learner.Tell(request, ActorRefs.NoSender);
    }

    /// <summary>Ends a trial; does nothing if it has ended.</summary>
    public void Stop(long trial)
    {
        if (_active.Remove(trial, out var challenger))
            challenger.Learner.Tell(new EndTrial(trial), ActorRefs.NoSender);
    }

    /// <summary>Ends all trials.</summary>
    public void StopAll()
    {
        foreach (var trial in _active.Keys)
            Stop(trial);
    }

    /// <summary>Ends a trial whose challenger takes the place of the champion.</summary>
    /// <returns>False if the trial has ended; nothing has happened then.</returns>
    public bool TryPromote(long trial, IActorRef trainer)
    {
        if (!_active.Remove(trial, out var challenger))
            return false;
        challenger.Learner.Tell(new HandOver(trial, trainer), ActorRefs.NoSender);
        return true;
    }

    private sealed class Challenger(IActorRef learner, IActorRef tuner, TunedSettings settings)
    {
        public IActorRef Learner => learner;

        public IActorRef Tuner => tuner;

        public TunedSettings Settings => settings;

        public int StepsBehind { get; set; }
    }
}
