using HnmStreams.Pipeline.Baselines;
using HnmStreams.Web.Formatting;
using HnmStreams.Web.Monitoring;

namespace HnmStreams.Host.Terminal;

/// <summary>The progress of a run as one line, for logs and pipes.</summary>
internal static class PlainLine
{
    public static string Of(RunSnapshot snapshot)
    {
        var at = Numbers.Clock(snapshot.Elapsed);
        if (snapshot is not { Learner: { } learner, Consumer: { } consumer })
            return $"{at} {snapshot.Phase.ToString().ToLowerInvariant()}";
        var primary = snapshot.Description?.PrimaryMetric ?? RunEvaluation.AveragePrecision;
        var (name, heldOut) = (NameOf(primary), Numbers.Metric(Find(learner.Evaluation.HeldOut, primary)));
        var prequential = Numbers.Metric(Find(learner.Evaluation.Prequential, primary));
        var line = $"{at} consumed {Numbers.Count(learner.Ranking.Stream.Consumed)} ({Numbers.Rate(snapshot.ExamplesPerSecond)}/s)"
            + $" steps {Numbers.Count(learner.Training.Steps)} version {learner.Training.ModelVersion} loss {Numbers.Small(learner.Training.Loss ?? double.NaN)}"
            + $" held-out {name} {heldOut} prequential {name} {prequential}"
            + $" pool {Numbers.Count(learner.Ranking.Pool.Count)} above {Numbers.Small(learner.Ranking.Pool.Threshold ?? double.NaN)}"
            + $" lag {Numbers.Count(consumer.Lag)} dead letters {learner.Ranking.Stream.DeadLettered}";
        if (snapshot.Rejections is [var reason, ..])
            line += $" ({reason.Reason}, for example {reason.Example})";
        if (learner.Baselines is { } baselines)
        {
            line += $" mined {Metric(baselines, baselines.Mined)} random {Metric(baselines, baselines.Random)} uplift {Numbers.Uplift(baselines.AgainstRandom)}"
                + $" random at equal compute {Metric(baselines, baselines.RandomEqualCompute)} uplift {Numbers.Uplift(baselines.AgainstEqualCompute)}"
                + $" scoring {Numbers.Seconds(baselines.Mined.ScoringSeconds)} training {Numbers.Seconds(baselines.Mined.TrainingSeconds)}";
        }

        if (learner.MiningBudget is { } cost)
            line += $" scored share {Numbers.Metric(cost.ScoredShare)}";
        if (learner.OverfittingGuard is { BackoffLevel: > 0 } guard)
            line += $" mining backed off by {guard.BackoffLevel}";
        if (learner.Tuning is { } tuning)
            line += $" challengers {Numbers.Count(tuning.Comparisons)} promoted {Numbers.Count(tuning.Promotions)}";
        if (learner.Training.RefusedSteps > 0)
            line += $" refused steps {learner.Training.RefusedSteps}";
        if (learner.Ranking.Stream.FailedBatches > 0)
            line += $" failed batches {learner.Ranking.Stream.FailedBatches}";
        if (snapshot.WaitsFor is { } waitsFor)
            line += $" waits: {waitsFor}";
        return snapshot.Phase == RunPhase.Learning ? line : $"{line} ({snapshot.Phase.ToString().ToLowerInvariant()})";
    }

    private static string Metric(BaselineReport baselines, LearnerPerformance performance) => Numbers.Metric(Find(performance.HeldOut, baselines.Metric));

    /// <summary>Returns the usual abbreviation of a metric.</summary>
    public static string NameOf(string metric) => metric switch
    {
        RunEvaluation.AveragePrecision => "AP",
        "rocAuc" => "AUC",
        _ => metric,
    };

    /// <summary>Returns the value of a metric; null if it has not been measured yet.</summary>
    public static double? Find(IReadOnlyDictionary<string, double> metrics, string metric) =>
        metrics.TryGetValue(metric, out var value) ? value : null;
}
