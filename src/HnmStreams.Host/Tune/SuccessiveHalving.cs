namespace HnmStreams.Host.Tune;

/// <summary>
/// Successive halving (Jamieson and Talwalkar, arXiv 1502.07943; one bracket of Hyperband, Li et al., arXiv 1603.06560): many candidates get short
/// runs, and the best third of each rung gets runs three times as long. Pure.
/// </summary>
internal static class SuccessiveHalving
{
    /// <summary>The factor by which runs grow and candidates shrink from rung to rung.</summary>
    public const int Factor = 3;

    /// <summary>The most rungs of a round. Shorter runs than a ninth of the longest say little about it.</summary>
    public const int MaxRungs = 3;

    /// <summary>Returns the number of candidates in each rung; the last rung has at least one. Empty without candidates.</summary>
    public static IReadOnlyList<int> Sizes(int candidates)
    {
        var sizes = new List<int>();
        for (var count = candidates; count > 0 && sizes.Count < MaxRungs; count = count == 1 ? 0 : Math.Max(1, count / Factor))
            sizes.Add(count);
        return sizes;
    }

    /// <summary>Returns the run length of a rung, at least 1.</summary>
    /// <param name="longest">The length in the last rung.</param>
    public static long Length(int rung, int rungs, long longest) => Math.Max(1, longest / (long)Math.Pow(Factor, rungs - 1 - rung));

    /// <summary>Returns the candidates with the largest results, best first. Ties keep the given order; an undefined result is the worst.</summary>
    public static IReadOnlyList<T> Best<T>(IReadOnlyList<(T Candidate, double Result)> results, int count) =>
        [.. results.OrderByDescending(r => double.IsNaN(r.Result) ? double.NegativeInfinity : r.Result).Take(count).Select(r => r.Candidate)];
}
