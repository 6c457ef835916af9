using HnmStreams.Evaluation.Comparing;

namespace HnmStreams.Host.Bench.Cost;

/// <summary>What <c>hnm bench cost --summary</c> writes.</summary>
/// <param name="Metric">The task's primary metric; larger is better.</param>
/// <param name="JudgedOn">The test set, or the held-out share.</param>
internal sealed record CostReport(string Task, string Data, string Metric, string JudgedOn, int Seeds, IReadOnlyList<CostPoint> Points);

/// <summary>Means over the seeds, where the mined learner had spent so many seconds on scoring and training.</summary>
/// <param name="AgainstRandom">At equal steps: the mean paired difference, with the 95 % interval between seeds (Student's t); null for one seed.</param>
/// <param name="AgainstEqualCompute">The same at equal seconds.</param>
/// <param name="Candidates">Examples scored for each row trained on, as the controller had it last; null where it decides nothing.</param>
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

/// <summary>Where one seed stood at one budget.</summary>
/// <param name="AgainstEqualCompute">With the interval over examples.</param>
internal sealed record CostSample(
    int Seed, double Mined, double Random, double RandomEqualCompute, long Steps, long EqualComputeSteps, double ScoringSeconds, double TrainingSeconds, Uplift? AgainstEqualCompute, double? Candidates);

/// <param name="Low">Equal to the mean for one seed, where nothing is known of the spread.</param>
internal sealed record SeedInterval(double Mean, double Low, double High)
{
    // Student's t, 95 %, two-sided, for 1 to 9 degrees of freedom; more are taken as the last.
    private static readonly double[] Quantiles = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262];

    public static SeedInterval Of(IReadOnlyList<double> differences)
    {
        var mean = differences.Average();
        if (differences.Count < 2)
            return new(mean, mean, mean);
        var variance = differences.Sum(d => (d - mean) * (d - mean)) / (differences.Count - 1);
        var half = Quantiles[Math.Min(differences.Count - 2, Quantiles.Length - 1)] * Math.Sqrt(variance / differences.Count);
        return new(mean, mean - half, mean + half);
    }
}
