using HnmStreams.Evaluation.Comparing;

namespace HnmStreams.Pipeline.Baselines;

/// <summary>The metrics of the three learners on one set of rows, and the uplifts.</summary>
internal sealed record BaselineComparison(
    IReadOnlyDictionary<string, double> Mined,
    IReadOnlyDictionary<string, double> Random,
    IReadOnlyDictionary<string, double> RandomEqualCompute,
    Uplift? AgainstRandom,
    Uplift? AgainstEqualCompute)
{
    // A backlog of a few rounds counts as the same number of steps. A larger one does not.
    private const double MaxStepDifferenceShare = 0.05;
    private const long MaxStepDifference = 64;

    public static BaselineComparison Of(PairedEvaluation outcomes, float[] mined, float[] random, float[] equalCompute) => new(
        outcomes.Metrics(mined),
        outcomes.Metrics(random),
        outcomes.Metrics(equalCompute),
        outcomes.Compare(mined, random),
        outcomes.Compare(mined, equalCompute));

    /// <summary>Returns the report of metrics and costs.</summary>
    /// <param name="cost">The cost of the mined learner.</param>
    /// <param name="onTest">The comparison on the user's labeled set; null if none exists or it was not asked for.</param>
    public BaselineReport Report(string metric, LearnerPerformance cost, in BaselineStatus random, in BaselineStatus equalCompute, long version, BaselineComparison? onTest)
    {
        // If the machine was too slow for the random baseline to keep up, the comparison at equal steps is not valid.
        var apart = Math.Abs(cost.Steps - random.Steps) > Math.Max(MaxStepDifference, MaxStepDifferenceShare * cost.Steps);
        return new BaselineReport(
            metric,
            cost with { HeldOut = Mined, Test = onTest?.Mined },
            PerformanceOf(random, Random, onTest?.Random),
            PerformanceOf(equalCompute, RandomEqualCompute, onTest?.RandomEqualCompute),
            apart ? null : AgainstRandom,
            AgainstEqualCompute,
            version,
            apart ? null : onTest?.AgainstRandom,
            onTest?.AgainstEqualCompute);
    }

    private static LearnerPerformance PerformanceOf(in BaselineStatus status, IReadOnlyDictionary<string, double> heldOut, IReadOnlyDictionary<string, double>? test) =>
        new(heldOut, status.Steps, status.TrainedRows, ScoringSeconds: 0, status.Seconds, test);
}
