using HnmStreams.Pipeline.Baselines;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Ranking;
using HnmStreams.Torch.Learning;
using HnmStreams.Torch.Snapshots;

namespace HnmStreams.Offline;

/// <summary>The baselines beside a serial learner: the same batches as in the service, in turn.</summary>
internal sealed class SerialBaselines(Func<Learner> create, TimeProvider time) : IDisposable
{
    private readonly BaselineSteps _random = new(create(), default, time);
    private readonly BaselineSteps _equalCompute = new(create(), default, time);

    public BaselineStatus Random => _random.Status;

    public BaselineStatus EqualCompute => _equalCompute.Status;

    public ModelSnapshot RandomWeights() => _random.Learner.Current();

    public ModelSnapshot EqualComputeWeights() => _equalCompute.Learner.Current();

    public void Take(LearnersRound round)
    {
        Take(_random, round.Random!.Batches);
        Take(_equalCompute, round.EqualCompute!.Batches);
    }

    /// <summary>Further steps for what scoring has taken by now.</summary>
    public void Spend(Ranker ranker, double scoringSeconds)
    {
        while (_equalCompute.PaidFor(scoringSeconds) > 0 && ranker.DrawExtraSteps(1) is { Count: > 0 } batches)
            Take(_equalCompute, batches);
    }

    public void Dispose()
    {
        _random.Dispose();
        _equalCompute.Dispose();
    }

    private static void Take(BaselineSteps steps, IReadOnlyList<TrainingBatch> batches)
    {
        foreach (var batch in batches)
        {
            using (batch)
                steps.Take(batch);
        }
    }
}
