using Akka.Actor;
using HnmStreams.Pipeline.Flow;

namespace HnmStreams.Pipeline.Ranking;

/// <summary>The baselines as the ranking stage sees them: what was sent to each and what is done.</summary>
/// <param name="enabled">False: there are none, and nothing here does anything.</param>
/// <param name="cuts">Batches before the first round.</param>
/// <remarks>Owned by the ranking stage. O(1) a round.</remarks>
internal sealed class BaselineRounds(bool enabled, long cuts)
{
    /// <summary>
    /// Steps that a baseline may be behind: where it has less of the machine than the trainer, the steps beyond are
    /// left out, so that neither memory grows nor the trainer waits.
    /// </summary>
    public const int MostBehind = 256;

    private readonly Learner[] _learners = enabled ? [new Learner(cuts - 1), new Learner(cuts - 1)] : [];

    public bool AreThere => _learners.All(l => l.Actor is not null);

    public void Ready(Baseline which, IActorRef actor) => _learners[(int)which].Actor = actor;

    public void Send(LearnersRound round)
    {
        Send(Baseline.Random, round.Random);
        Send(Baseline.RandomEqualCompute, round.EqualCompute);
    }

    public void Done(Baseline which, long number, int steps)
    {
        var learner = _learners[(int)which];
        learner.Behind -= steps;
        learner.Back = number;
    }

    /// <summary>Whether all of them are done with a round.</summary>
    public bool AreDoneWith(long number) => _learners.All(l => l.Back >= number);

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
        if (learner.Behind > 0 && learner.Behind + round.Batches.Count > MostBehind)
        {
            foreach (var batch in round.Batches)
                batch.Dispose();
            return;
        }

        learner.Behind += round.Batches.Count;
        learner.Actor!.Tell(round, ActorRefs.NoSender);
    }

    private sealed class Learner(long back)
    {
        public IActorRef? Actor { get; set; }

        public int Behind { get; set; }

        public long Back { get; set; } = back;
    }
}
