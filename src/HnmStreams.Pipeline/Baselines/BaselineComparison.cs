using HnmStreams.Evaluation.Comparing;

namespace HnmStreams.Pipeline.Baselines;

/// <summary>The three learners' outputs on one set of rows.</summary>
internal sealed record BaselineComparison(
    IReadOnlyDictionary<string, double> Mined,
    IReadOnlyDictionary<string, double> Random,
    IReadOnlyDictionary<string, double> RandomEqualCompute,
    Uplift? AgainstRandom,
    Uplift? AgainstEqualCompute)
{
    // A backlog of a few rounds is no other number of steps; being left behind is.
    private const double StepsApart = 0.05;
    private const long StepsApartAtLeast = 64;

    public static BaselineComparison Of(PairedEvaluation outcomes, float[] mined, float[] random, float[] equalCompute) => new(
        outcomes.Metrics(mined),
        outcomes.Metrics(random),
        outcomes.Metrics(equalCompute),
        outcomes.Compare(mined, random),
        outcomes.Compare(mined, equalCompute));

    /// <summary>Puts what they came to beside what they cost.</summary>
    /// <param name="cost">The mined learner's.</param>
    /// <param name="onTest">On the user's labelled set, where there is one and it was asked for.</param>
    public BaselineReport Report(string metric, LearnerPerformance cost, in BaselineStatus random, in BaselineStatus equalCompute, long version, BaselineComparison? onTest)
    {
        // Where the machine was too small for the random learner to keep up, it is not held against the mined one.
        var apart = Math.Abs(cost.Steps - random.Steps) > Math.Max(StepsApartAtLeast, StepsApart * cost.Steps);
        return new BaselineReport(
            metric,
            cost with { HeldOut = Mined, Test = onTest?.Mined },
            Standing(random, Random, onTest?.Random),
            Standing(equalCompute, RandomEqualCompute, onTest?.RandomEqualCompute),
            apart ? null : AgainstRandom,
            AgainstEqualCompute,
            version,
            apart ? null : onTest?.AgainstRandom,
            onTest?.AgainstEqualCompute);
    }

    private static LearnerPerformance Standing(in BaselineStatus status, IReadOnlyDictionary<string, double> heldOut, IReadOnlyDictionary<string, double>? test) =>
        new(heldOut, status.Steps, status.TrainedRows, ScoringSeconds: 0, status.Seconds, test);
}
