using HnmStreams.Evaluation.Comparing;
using HnmStreams.Web.Formatting;
using HnmStreams.Web.Monitoring;
using HnmStreams.Web.Recovery;

namespace HnmStreams.Web.Verdicts;

/// <summary>The figures that a verdict depends on. Undefined numbers are null.</summary>
/// <param name="Metric">Display name of the primary metric.</param>
/// <param name="Steps">Training steps of the learner.</param>
/// <param name="ComparedSteps">Steps of the models that were compared last.</param>
/// <param name="HeldOut">Examples that were held out of training.</param>
/// <param name="BeatsChance">True if the model is significantly better than chance, so that mining is allowed.</param>
/// <param name="BaselinesEnabled">True if baselines are trained.</param>
/// <param name="Comparison">The mined metric, the random one at equal steps, and the differences; null before the first comparison.</param>
/// <param name="StepsSaved">The steps that mining needed less than random negatives to reach the same level.</param>
internal sealed record VerdictEvidence(
    RunPhase Phase,
    string? WaitsFor,
    string? Metric,
    long Consumed,
    long HeldOut,
    long Steps,
    long RefusedSteps,
    double? Loss,
    bool BeatsChance,
    double? Value,
    double? BaseRate,
    long ModelVersion,
    long EvaluatedVersion,
    double? EvaluationAge,
    bool BaselinesEnabled,
    long? ComparedSteps,
    VerdictComparison? Comparison,
    StepsToLevel? StepsSaved)
{
    /// <summary>The recoveries from changes of the stream; null before the first.</summary>
    public RecoverySummary? Recovery { get; init; }

    /// <summary>Name of the metric with the share of positives.</summary>
    public const string BaseRateMetric = "baseRate";

    public static VerdictEvidence Of(RunSnapshot snapshot, IReadOnlyList<RunPoint> history)
    {
        if (snapshot is not { Learner: { } learner, Description: { } description })
            return new VerdictEvidence(snapshot.Phase, snapshot.WaitsFor, null, 0, 0, 0, 0, null, false, null, null, 0, 0, null, false, null, null, null);
        var evaluation = learner.Evaluation;
        var metric = description.PrimaryMetric;
        return new VerdictEvidence(
            snapshot.Phase,
            snapshot.WaitsFor,
            MetricName.Short(metric),
            learner.Ranking.Stream.Consumed,
            learner.Ranking.Stream.HeldOut,
            learner.Training.Steps,
            learner.Training.RefusedSteps,
            learner.Training.Loss,
            learner.Ranking.MiningAllowed,
            Defined(evaluation.HeldOut, metric),
            Defined(evaluation.HeldOut, BaseRateMetric),
            learner.Training.ModelVersion,
            evaluation.ModelVersion,
            Age(snapshot.At, evaluation.ModelVersion, history),
            description.BaselinesEnabled || learner.Baselines is not null,
            learner.Baselines?.Mined.Steps,
            learner.Baselines is { } report ? new VerdictComparison(Defined(report.Mined.HeldOut, metric), Defined(report.Random.HeldOut, metric), report.AgainstRandom, report.AgainstEqualCompute) : null,
            StepsToLevel.Of(history))
        {
            Recovery = RecoverySummary.Of(snapshot.Recoveries),
        };
    }

    private static double? Defined(IReadOnlyDictionary<string, double> metrics, string name) =>
        metrics.TryGetValue(name, out var value) ? Finite.OrNull(value) : null;

    // The first of the last points with the evaluated version gives the time of the evaluation. A run that continues from a checkpoint can
    // evaluate the same version twice.
    private static double? Age(DateTimeOffset now, long version, IReadOnlyList<RunPoint> history)
    {
        RunPoint? first = null;
        for (var i = history.Count - 1; i >= 0 && version > 0 && history[i].EvaluatedVersion == version; i--)
            first = history[i];
        return first is null ? null : Math.Max(0, (now - first.At).TotalSeconds);
    }
}

/// <summary>The newest comparison between mining and random negatives.</summary>
/// <param name="AgainstRandom">Mined minus random at equal steps.</param>
/// <param name="AgainstEqualCompute">Mined minus random at equal compute.</param>
internal sealed record VerdictComparison(double? Mined, double? Random, Uplift? AgainstRandom, Uplift? AgainstEqualCompute);
