using HnmStreams.Pipeline.Baselines;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Ranking;
using HnmStreams.Torch.Learning;
using HnmStreams.Torch.Snapshots;

namespace HnmStreams.Offline.Serial;

/// <summary>The two baselines of a serial learner. They train on the same batches as in the service, one after the other.</summary>
/// <remarks>One owner, one thread.</remarks>
internal sealed class SerialBaselines(Func<Learner> createLearner, TimeProvider time) : IDisposable
{
    private readonly BaselineSteps _random = new(createLearner(), default, time);
    private readonly BaselineSteps _equalCompute = new(createLearner(), default, time);

    public BaselineStatus Random => _random.Status;

    public BaselineStatus EqualCompute => _equalCompute.Status;

    public ModelSnapshot RandomWeights() => _random.Learner.Current();

    public ModelSnapshot EqualComputeWeights() => _equalCompute.Learner.Current();

    /// <summary>Trains both baselines on their batches of the round.</summary>
    public void Train(LearnersRound round)
    {
        Train(_random, round.Random!.Batches);
        Train(_equalCompute, round.EqualCompute!.Batches);
    }

    /// <summary>Gives the equal-compute baseline the extra steps that the scoring time so far pays for.</summary>
    public void TrainExtraSteps(Ranker ranker, double scoringSeconds)
    {
        while (_equalCompute.PaidFor(scoringSeconds) > 0 && ranker.Rounds.DrawExtraSteps(1) is { Count: > 0 } batches)
            Train(_equalCompute, batches);
    }

    public void Dispose()
    {
        _random.Dispose();
        _equalCompute.Dispose();
    }

    private static void Train(BaselineSteps steps, IReadOnlyList<TrainingBatch> batches)
    {
        foreach (var batch in batches)
        {
            using (batch)
                steps.Step(batch);
        }
    }
}
