using HnmStreams.Evaluation.Comparing;

namespace HnmStreams.Host.Tune;

/// <summary>A comparison of a challenger with the champion on the same seeds: the mean difference of the metric and the half-width of its 95 % interval.</summary>
/// <param name="Seeds">The number of paired runs.</param>
internal sealed record TuneVerdict(int Seeds, double Champion, double Challenger, double HalfWidth)
{
    /// <summary>Smaller differences are not worth a setting, whatever the seeds say.</summary>
    public const double MinDifference = 0.005;

    /// <summary>The fewest paired runs that decide.</summary>
    public const int MinSeeds = 3;

    public double Difference => Challenger - Champion;

    /// <summary>True if the challenger is better: the difference exceeds <see cref="MinDifference"/> and its interval excludes 0.</summary>
    public bool IsBetter => Seeds >= MinSeeds && Difference > MinDifference && Difference > HalfWidth;

    /// <summary>Compares results that are paired by seed.</summary>
    public static TuneVerdict Of(IReadOnlyList<double> champion, IReadOnlyList<double> challenger)
    {
        var differences = champion.Zip(challenger, (a, b) => b - a).ToList();
        return new(differences.Count, champion.Average(), challenger.Average(), differences.Count < 2 ? double.PositiveInfinity : StudentT.HalfWidth95(differences));
    }
}
