namespace HnmStreams.Evaluation.Metrics;

/// <summary>
/// Metrics of the ranking of one query's answers. With binary relevance, the ranks of the relevant answers determine them all: ascending
/// from 1 (see <see cref="RelevantRanks"/>); an answer that was not retrieved has no rank. Pure. Averages over queries should exclude
/// undefined (NaN) values.
/// </summary>
public static class RetrievalMetrics
{
    /// <summary>Returns the share of the first <paramref name="k"/> answers that are relevant; missing answers count as irrelevant. O(log n).</summary>
    /// <param name="ranks">Ranks of the relevant answers, ascending from 1.</param>
    /// <param name="k">Number of answers, 1 or more.</param>
    /// <returns>0 to 1.</returns>
    public static double PrecisionAt(ReadOnlySpan<int> ranks, int k)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        return (double)Within(ranks, k) / k;
    }

    /// <summary>Returns the share of the relevant answers among the first <paramref name="k"/>, as defined by trec_eval and BEIR. O(log n).</summary>
    /// <param name="ranks">Ranks of the retrieved relevant answers, ascending from 1.</param>
    /// <param name="k">Number of answers, 1 or more.</param>
    /// <param name="relevant">Number of relevant answers, retrieved or not.</param>
    /// <returns>0 to 1; NaN without a relevant answer.</returns>
    public static double RecallAt(ReadOnlySpan<int> ranks, int k, int relevant)
    {
        Check(ranks, relevant);
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        return relevant == 0 ? double.NaN : (double)Within(ranks, k) / relevant;
    }

    /// <summary>
    /// Returns the precision at R, where R is the number of relevant answers (Musgrave et al., arXiv 2003.08505, section 3.2). O(log n).
    /// </summary>
    /// <param name="ranks">Ranks of the retrieved relevant answers, ascending from 1.</param>
    /// <param name="relevant">Number of relevant answers (R), retrieved or not.</param>
    /// <returns>0 to 1; NaN without a relevant answer.</returns>
    public static double RPrecision(ReadOnlySpan<int> ranks, int relevant)
    {
        Check(ranks, relevant);
        return relevant == 0 ? double.NaN : (double)Within(ranks, relevant) / relevant;
    }

    /// <summary>
    /// Returns MAP@R of one query (Musgrave et al., arXiv 2003.08505, section 3.2): the sum over ranks i up to R of the precision at i if
    /// the answer at i is relevant, divided by R. Unlike R-precision it depends on the order within the first R. O(R).
    /// </summary>
    /// <param name="ranks">Ranks of the retrieved relevant answers, ascending from 1.</param>
    /// <param name="relevant">Number of relevant answers (R), retrieved or not.</param>
    /// <returns>0 to 1; NaN without a relevant answer.</returns>
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
    /// Returns the normalized discounted cumulative gain (Järvelin and Kekäläinen, TOIS 2002): the sum of gain / log2(rank + 1) over the
    /// first <paramref name="k"/> answers, divided by that of the best order. The gain is linear, as in trec_eval, BEIR and scikit-learn
    /// (not 2^gain - 1). O(k + n log n) for n judged answers.
    /// </summary>
    /// <param name="gains">Gains of the answers in the order of the ranking; 0 if not relevant.</param>
    /// <param name="judged">Gains of all relevant answers in any order, retrieved or not.</param>
    /// <param name="k">Number of answers, 1 or more.</param>
    /// <returns>0 to 1; NaN if all gains are 0.</returns>
    /// <exception cref="ArgumentException">A gain is negative or not finite.</exception>
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
                throw new ArgumentException($"Gain {i} must be finite and not negative but is {gains[i]}.", nameof(gains));
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
            throw new ArgumentException($"There must be at most {relevant} ranks, one per relevant answer, but there are {ranks.Length}.", nameof(ranks));
    }
}
