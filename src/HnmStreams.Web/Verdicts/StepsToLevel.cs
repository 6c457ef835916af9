using HnmStreams.Web.Monitoring;

namespace HnmStreams.Web.Verdicts;

/// <summary>The steps after which mining and random negatives first reached the same level of the primary metric.</summary>
/// <param name="Level">The best level that random negatives reached.</param>
/// <param name="SignificantComparisons">Comparisons on the way in which mining was significantly better.</param>
internal sealed record StepsToLevel(double Level, long MinedSteps, long RandomSteps, int SignificantComparisons)
{
    /// <summary>The share of steps that mining saved, below 1; negative if it needed more.</summary>
    public double SavedShare => 1 - ((double)MinedSteps / RandomSteps);

    /// <summary>The mined steps at the first comparison in which random negatives at equal compute had the level; null if they have not reached it.</summary>
    public long? EqualComputeSteps { get; init; }

    /// <summary>The share of compute that random negatives saved, below 1; negative if they needed more; null if they have not reached the level.</summary>
    public double? ComputeSavedByRandom => 1 - ((double?)EqualComputeSteps / MinedSteps);

    /// <summary>
    /// Compares the steps to the best level that the random baseline reached. The level is a maximum over noisy evaluations of the random
    /// baseline, so the estimate favors random negatives. Pure; O(points).
    /// </summary>
    /// <returns>The steps, or null if there are no comparisons or mining has not reached the level.</returns>
    public static StepsToLevel? Of(IReadOnlyList<RunPoint> history)
    {
        var compared = history.Where(p => p is { ComparedSteps: > 0, Random: not null, HeldOut: not null }).DistinctBy(p => p.ComparedSteps).ToList();
        if (compared.Count == 0)
            return null;
        // MaxBy returns the first of equal levels.
        var random = compared.MaxBy(p => p.Random)!;
        var level = random.Random!.Value;
        return compared.Find(p => p.HeldOut >= level) is { } mined
            ? new StepsToLevel(level, mined.ComparedSteps!.Value, random.ComparedSteps!.Value, compared.Count(p => p.AgainstRandom is { Low: > 0 }))
            {
                EqualComputeSteps = compared.Find(p => p.RandomEqualCompute >= level)?.ComparedSteps,
            }
            : null;
    }
}
