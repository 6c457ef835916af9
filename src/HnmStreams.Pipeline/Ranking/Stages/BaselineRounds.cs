using Akka.Actor;
using HnmStreams.Pipeline.Flow;

namespace HnmStreams.Pipeline.Ranking.Stages;

/// <summary>The baselines as the ranking stage knows them: the rounds sent to each, and the rounds done.</summary>
/// <param name="enabled">False if there are no baselines; then nothing here has an effect.</param>
/// <param name="batches">The number of batches before the first round.</param>
/// <remarks>Owned by the ranking stage. O(1) per round.</remarks>
internal sealed class BaselineRounds(bool enabled, long batches)
{
    /// <summary>
    /// The maximum number of steps that a baseline may be behind. If it gets less of the machine than the trainer, further rounds are
    /// skipped, so that neither memory grows nor the trainer waits.
    /// </summary>
    public const int MaxStepsBehind = 256;

    private readonly BaselineProgress[] _learners = enabled ? [new BaselineProgress(batches - 1), new BaselineProgress(batches - 1)] : [];

    public bool AreReady => _learners.All(l => l.Actor is not null);

    public void Ready(Baseline which, IActorRef actor) => _learners[(int)which].Actor = actor;

    public void Send(LearnersRound round)
    {
        Send(Baseline.Random, round.Random);
        Send(Baseline.RandomEqualCompute, round.EqualCompute);
    }

    public void Done(Baseline which, long number, int steps)
    {
        var learner = _learners[(int)which];
        learner.StepsBehind -= steps;
        learner.LastDone = number;
    }

    /// <summary>Returns true if all baselines have done a round.</summary>
    public bool HaveDone(long number) => _learners.All(l => l.LastDone >= number);

    public void Tell(object message)
    {
        foreach (var learner in _learners)
            learner.Actor!.Tell(message, ActorRefs.NoSender);
    }

    private void Send(Baseline which, TrainingRound? round)
    {
        if (round is null)
            return;
        var learner = _learners[(int)which];
        if (learner.StepsBehind > 0 && learner.StepsBehind + round.Batches.Count > MaxStepsBehind)
        {
            foreach (var batch in round.Batches)
                batch.Dispose();
            return;
        }

        learner.StepsBehind += round.Batches.Count;
        learner.Actor!.Tell(round, ActorRefs.NoSender);
    }

    private sealed class BaselineProgress(long lastDone)
    {
        public IActorRef? Actor { get; set; }

        public int StepsBehind { get; set; }

        public long LastDone { get; set; } = lastDone;
    }
}
