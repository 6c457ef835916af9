using HnmStreams.Mining.RateLimiting;

namespace HnmStreams.Host.Tune;

/// <summary>The time of a run: a fixed part and a part per example.</summary>
internal readonly record struct RunCost(double FixedSeconds, double SecondsPerExample)
{
    public double Of(long examples) => FixedSeconds + (SecondsPerExample * examples);

    /// <summary>Returns the cost through two measured runs. Nothing is fixed if they have the same length, or if the longer one took less time, which is noise.</summary>
    public static RunCost Through((long Examples, double Seconds) shorter, (long Examples, double Seconds) longer)
    {
        var perExample = longer.Examples > shorter.Examples ? (longer.Seconds - shorter.Seconds) / (longer.Examples - shorter.Examples) : 0;
        var isFixed = shorter.Seconds - (perExample * shorter.Examples);
        return perExample > 0 && isFixed >= 0 ? new(isFixed, perExample) : new(0, longer.Seconds / longer.Examples);
    }
}

/// <summary>The choice of the run length. Pure.</summary>
internal static class TunePlan
{
    // Shorter runs do not predict how a stream goes on.
    private const double MinShortest = 500;

    private const int MinSteps = 10;

    /// <summary>The longest run without a given length.</summary>
    public const long MaxLongest = 200_000;

    // The rest is for a second round, which a better setting needs.
    private const double RoundShare = 0.6;

    /// <summary>Returns the least length of the longest runs, so that those of the first rung take some steps. Otherwise, they would all be equal.</summary>
    /// <param name="limiter">The examples before the first step, and those per step.</param>
    public static long MinLongest(StepLimiterOptions limiter) =>
        (long)Math.Min(MaxLongest, Math.Max(MinShortest, limiter.MinExamples + (MinSteps * limiter.ExamplesPerStep)) * Math.Pow(SuccessiveHalving.Factor, SuccessiveHalving.MaxRungs - 1));

    /// <summary>Returns the length of the longest runs so that a round takes a share of the budget.</summary>
    /// <param name="candidates">The number of challengers of the first round.</param>
    /// <param name="seeds">The number of seeds of the final comparison.</param>
    /// <param name="minLongest">See <see cref="MinLongest"/>. A budget that is too small for it ends early.</param>
    /// <param name="available">The examples that the stream has; null for an endless one.</param>
    public static long Longest(RunCost cost, double budgetSeconds, int candidates, int seeds, long minLongest, long? available)
    {
        var sizes = SuccessiveHalving.Sizes(candidates);
        // The champion runs in each rung. The final comparison trains champion and challenger under each seed.
        var runs = sizes.Sum(size => size + 1) + (2 * seeds);
        var lengths = sizes.Select((size, rung) => (size + 1) / Math.Pow(SuccessiveHalving.Factor, sizes.Count - 1 - rung)).Sum() + (2 * seeds);
        var longest = ((RoundShare * budgetSeconds) - (runs * cost.FixedSeconds)) / (lengths * cost.SecondsPerExample);
        var limit = Math.Min(MaxLongest, available ?? MaxLongest);
        return (long)Math.Clamp(longest, Math.Min(minLongest, limit), limit);
    }
}
