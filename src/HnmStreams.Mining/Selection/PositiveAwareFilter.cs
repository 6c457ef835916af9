namespace HnmStreams.Mining.Selection;

/// <summary>
/// Positive-aware selection of hard negatives (NV-Retriever: Moreira et al., arXiv 2407.15831, section 3.1): the most similar candidates
/// that are clearly less similar than the positive. A candidate that scores like a positive is often an unlabeled positive.
/// </summary>
public static class PositiveAwareFilter
{
    /// <summary>Returns the maximum score of a negative, given the scores of all positives. Pure; O(positives).</summary>
    /// <param name="positives">Scores of the positives. If empty, only <see cref="PositiveAwareOptions.MaxScore"/> applies.</param>
    /// <param name="options">The rules.</param>
    /// <remarks>
    /// The lowest-scoring positive counts, since it is known to be a positive. For a negative score p, a share of p would lie above p, so a
    /// percentage subtracts that part of the magnitude: p - |p| (1 - percentage), which equals p * percentage for positive scores.
    /// </remarks>
    public static float Bound(ReadOnlySpan<float> positives, PositiveAwareOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var bound = options.MaxScore ?? float.PositiveInfinity;
        var lowest = float.PositiveInfinity;
        foreach (var score in positives)
            lowest = float.IsNaN(score) ? float.NegativeInfinity : Math.Min(lowest, score);
        if (positives.IsEmpty)
            return bound;
        if (options.Margin is { } margin)
            bound = Math.Min(bound, lowest - margin);
        if (options.MaxShare is { } percentage)
            bound = Math.Min(bound, lowest - (Math.Abs(lowest) * (1 - percentage)));
        return float.IsNaN(bound) ? float.NegativeInfinity : bound;
    }

    /// <summary>
    /// Appends the indices of up to <paramref name="count"/> negatives, most similar first, after the first <see
    /// cref="PositiveAwareOptions.Skip"/>. O(n + k log k) expected.
    /// </summary>
    /// <param name="candidates">Scores of the candidates, without positives; NaN is never selected.</param>
    /// <param name="positives">Scores of the positives.</param>
    /// <param name="options">The rules.</param>
    /// <param name="count">Maximum number of indices.</param>
    /// <param name="into">Receives the indices.</param>
    public static void Select(ReadOnlySpan<float> candidates, ReadOnlySpan<float> positives, PositiveAwareOptions options, int count, ICollection<int> into)
    {
        ArgumentNullException.ThrowIfNull(into);
        var bound = Bound(positives, options);
        var allowed = new float[candidates.Length];
        for (var i = 0; i < allowed.Length; i++)
            allowed[i] = candidates[i];
        // Skipped by rank among all candidates, before any bound: the ranks are those of the retriever.
        if (options.Skip > 0)
        {
            var skipped = new List<int>();
            TopK.Select(candidates, options.Skip, skipped);
            foreach (var index in skipped)
                allowed[index] = float.NaN;
        }

        for (var i = 0; i < allowed.Length; i++)
        {
            if (allowed[i] > bound)
                allowed[i] = float.NaN;
        }

        TopK.Select(allowed, count, into);
    }
}
