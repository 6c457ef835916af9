using HnmStreams.Evaluation.Comparing;

namespace HnmStreams.Host.Compare.Cost;

/// <summary>The report that <c>hnm compare cost --summary</c> writes.</summary>
/// <param name="Metric">The task's primary metric; larger is better.</param>
/// <param name="EvaluatedOn">The test set, or the held-out share.</param>
internal sealed record CostReport(string Task, string Data, string Metric, string EvaluatedOn, int Seeds, IReadOnlyList<CostPoint> Points);

/// <summary>Means over the seeds, after the mined learner has spent the given seconds on scoring and training.</summary>
/// <param name="AgainstRandom">The mean paired difference at equal steps, with the 95 % interval between seeds (Student's t).</param>
/// <param name="AgainstEqualCompute">The mean paired difference at equal compute seconds, with the same interval.</param>
/// <param name="Candidates">Examples scored per row trained on, as last decided by the budget controller; null if it is off.</param>
internal sealed record CostPoint(
    double Seconds,
    double Mined,
    double Random,
    double RandomEqualCompute,
    SeedInterval AgainstRandom,
    SeedInterval AgainstEqualCompute,
    double ScoringShareOfSeconds,
    double? Candidates,
    IReadOnlyList<CostSample> Samples);

/// <summary>The result of one seed at one budget.</summary>
/// <param name="AgainstEqualCompute">The uplift at equal compute, with its interval over examples.</param>
internal sealed record CostSample(
    int Seed, double Mined, double Random, double RandomEqualCompute, long Steps, long EqualComputeSteps, double ScoringSeconds, double TrainingSeconds, Uplift? AgainstEqualCompute, double? Candidates);

/// <summary>A mean over seeds with its 95 % confidence interval.</summary>
/// <param name="Low">The lower bound; equal to the mean for one seed, whose spread is unknown.</param>
/// <param name="High">The upper bound; equal to the mean for one seed.</param>
internal sealed record SeedInterval(double Mean, double Low, double High)
{
    public static SeedInterval Of(IReadOnlyList<double> differences)
    {
        var mean = differences.Average();
        if (differences.Count < 2)
            return new(mean, mean, mean);
        var half = StudentT.HalfWidth95(differences);
        return new(mean, mean - half, mean + half);
    }
}
