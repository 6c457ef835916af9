namespace HnmStreams.Evaluation.Metrics;

/// <summary>
/// How well one query's answers are ranked. Where relevance is yes or no, a ranking is told by the ranks of its relevant
/// answers alone: 1 is the best, ascending (<see cref="RelevantRanks"/> finds them); what was never retrieved has no rank.
/// Pure; averages over queries leave out the undefined (NaN) ones.
/// </summary>
public static class RetrievalMetrics
{
    /// <summary>Share of the first <paramref name="k"/> answers that are relevant, those that are missing counting as wrong. O(log n).</summary>
    /// <param name="ranks">Of the relevant, ascending, from 1.</param>
    /// <returns>0 to 1.</returns>
    public static double PrecisionAt(ReadOnlySpan<int> ranks, int k)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        return (double)Within(ranks, k) / k;
    }

    /// <summary>Share of the relevant that is among the first <paramref name="k"/> answers, as trec_eval and BEIR count it. O(log n).</summary>
    /// <param name="relevant">All that are relevant, retrieved or not.</param>
    /// <returns>0 to 1; NaN without a relevant one.</returns>
    public static double RecallAt(ReadOnlySpan<int> ranks, int k, int relevant)
    {
        Check(ranks, relevant);
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        return relevant == 0 ? double.NaN : (double)Within(ranks, k) / relevant;
    }

    /// <summary>Precision at R, R being how many are relevant (Musgrave et al., arXiv 2003.08505, section 3.2). O(log n).</summary>
    /// <returns>0 to 1; NaN without a relevant one.</returns>
    public static double RPrecision(ReadOnlySpan<int> ranks, int relevant)
    {
        Check(ranks, relevant);
        return relevant == 0 ? double.NaN : (double)Within(ranks, relevant) / relevant;
    }

    /// <summary>
    /// MAP@R of one query (Musgrave et al., arXiv 2003.08505, section 3.2): the sum over ranks i up to R of the precision
    /// at i where the answer at i is relevant, over R. Unlike R-precision it tells orders within the first R apart. O(R).
    /// </summary>
    /// <returns>0 to 1; NaN without a relevant one.</returns>
    public static double AveragePrecisionAtR(ReadOnlySpan<int> ranks, int relevant)
    {
        Check(ranks, relevant);
        if (relevant == 0)
            return double.NaN;
        double sum = 0;
        for (var i = 0; i < ranks.Length && ranks[i] <= relevant; i++)
            sum += (i + 1.0) / ranks[i];
        return sum / relevant;
    }

    /// <summary>
    /// Normalised discounted cumulative gain (Järvelin and Kekäläinen, TOIS 2002): the sum of gain / log2(rank + 1) over the
    /// first <paramref name="k"/>, over that of the best order. The gain is linear, as trec_eval, BEIR and scikit-learn have
    /// it (not 2^gain - 1). O(k + n log n), n the judged.
    /// </summary>
    /// <param name="gains">Of the answers in their ranking's order, 0 where not relevant.</param>
    /// <param name="judged">Of all that is relevant, in any order, retrieved or not.</param>
    /// <returns>0 to 1; NaN where no gain is to be had.</returns>
    public static double NdcgAt(ReadOnlySpan<float> gains, ReadOnlySpan<float> judged, int k)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        var best = judged.ToArray();
        Array.Sort(best, (a, b) => b.CompareTo(a));
        var ideal = Discounted(best, k);
        return ideal > 0 ? Discounted(gains, k) / ideal : double.NaN;
    }

    private static double Discounted(ReadOnlySpan<float> gains, int k)
    {
        double sum = 0;
        for (var i = 0; i < Math.Min(k, gains.Length); i++)
        {
            if (!float.IsFinite(gains[i]) || gains[i] < 0)
                throw new ArgumentException($"Gain {i} is {gains[i]}; a finite number of 0 or more is expected.", nameof(gains));
            sum += gains[i] / Math.Log2(i + 2);
        }

        return sum;
    }

    private static int Within(ReadOnlySpan<int> ranks, int k)
    {
        var found = ranks.BinarySearch(k);
        return found >= 0 ? found + 1 : ~found;
    }

    private static void Check(ReadOnlySpan<int> ranks, int relevant)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(relevant);
        if (ranks.Length > relevant)
            throw new ArgumentException($"{ranks.Length} relevant answers have a rank, but only {relevant} are relevant.", nameof(ranks));
    }
}
