namespace HnmStreams.Mining.Selection;

/// <summary>
/// Positive-aware hard negatives (NV-Retriever: Moreira et al., arXiv 2407.15831, section 3.1): the most similar
/// candidates that are clearly less similar than the positive, since what scores like a positive often is one.
/// </summary>
public static class PositiveAwareFilter
{
    /// <summary>The largest score that a negative may have, given the scores of all positives. Pure, O(positives).</summary>
    /// <remarks>
    /// The lowest positive counts: it is known to be one. A share of a negative score would lie above it, so that a
    /// percentage takes off its part of the score's size: p - |p| (1 - percentage), which is p * percentage for positive scores.
    /// </remarks>
    /// <param name="positives">None: only <see cref="PositiveAwareOptions.MaximumScore"/> bounds.</param>
    public static float Bound(ReadOnlySpan<float> positives, PositiveAwareOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var bound = options.MaximumScore ?? float.PositiveInfinity;
        var lowest = float.PositiveInfinity;
        foreach (var score in positives)
            lowest = float.IsNaN(score) ? float.NegativeInfinity : Math.Min(lowest, score);
        if (positives.IsEmpty)
            return bound;
        if (options.Margin is { } margin)
            bound = Math.Min(bound, lowest - margin);
        if (options.Percentage is { } percentage)
            bound = Math.Min(bound, lowest - (Math.Abs(lowest) * (1 - percentage)));
        return float.IsNaN(bound) ? float.NegativeInfinity : bound;
    }

    /// <summary>Appends the indices of up to <paramref name="count"/> negatives, the most similar first: those behind the first <see cref="PositiveAwareOptions.Skip"/> that the bound allows. O(n + k log k) expected.</summary>
    /// <param name="candidates">Scores of candidates, positives not among them; NaN is never selected.</param>
    public static void Select(ReadOnlySpan<float> candidates, ReadOnlySpan<float> positives, PositiveAwareOptions options, int count, ICollection<int> into)
    {
        ArgumentNullException.ThrowIfNull(into);
        var bound = Bound(positives, options);
        var allowed = new float[candidates.Length];
        for (var i = 0; i < allowed.Length; i++)
            allowed[i] = candidates[i];
        // Skipped by rank among all, before any bound: the ranks are the retriever's.
        if (options.Skip > 0)
        {
            var skipped = new List<int>();
            TopIndices.Select(candidates, options.Skip, skipped);
            foreach (var index in skipped)
                allowed[index] = float.NaN;
        }

        for (var i = 0; i < allowed.Length; i++)
        {
            if (allowed[i] > bound)
                allowed[i] = float.NaN;
        }

        TopIndices.Select(allowed, count, into);
    }
}
