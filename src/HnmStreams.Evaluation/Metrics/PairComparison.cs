using System.Buffers;

namespace HnmStreams.Evaluation.Metrics;

/// <summary>
/// The area under the ROC curve without weights, as the share of pairs of a positive and a negative that are ranked correctly (the
/// Mann-Whitney U). Only the rarer class is sorted, which at one positive in a hundred is several times faster than sorting all scores.
/// </summary>
internal static class PairComparison
{
    /// <returns>0 to 1; NaN without a positive or without a negative. The counts are exact, so that it equals the sum over the curve.</returns>
    /// <remarks>O(n log p) for p examples of the rarer class.</remarks>
    public static double RocAuc(ReadOnlySpan<float> scores, ReadOnlySpan<bool> positive)
    {
        if (scores.Length != positive.Length)
            throw new ArgumentException($"{scores.Length} scores and {positive.Length} labels must have the same length.", nameof(scores));
        var positives = 0;
        for (var i = 0; i < scores.Length; i++)
        {
            if (float.IsNaN(scores[i]))
                throw new ArgumentException($"Score {i} is NaN, which has no rank.", nameof(scores));
            positives += positive[i] ? 1 : 0;
        }

        var negatives = scores.Length - positives;
        if (positives == 0 || negatives == 0)
            return double.NaN;
        var sortsPositives = positives <= negatives;
        var (count, filled) = (Math.Min(positives, negatives), 0);
        var rarer = ArrayPool<float>.Shared.Rent(count);
        for (var i = 0; i < scores.Length; i++)
        {
            if (positive[i] == sortsPositives)
                rarer[filled++] = scores[i];
        }

        var sorted = rarer.AsSpan(0, count);
        sorted.Sort();
        // Twice the number of pairs in which the example of the rarer class has the higher score; a tie counts once.
        var above = 0L;
        for (var i = 0; i < scores.Length; i++)
        {
            if (positive[i] != sortsPositives)
                above += count - CountBelow(sorted, scores[i]) + (count - CountUpTo(sorted, scores[i]));
        }

        ArrayPool<float>.Shared.Return(rarer);
        var pairs = (double)positives * negatives;
        return (sortsPositives ? above / 2.0 : pairs - (above / 2.0)) / pairs;
    }

    private static int CountBelow(ReadOnlySpan<float> sorted, float score)
    {
        var (low, high) = (0, sorted.Length);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (sorted[middle] < score)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    private static int CountUpTo(ReadOnlySpan<float> sorted, float score)
    {
        var (low, high) = (0, sorted.Length);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (sorted[middle] <= score)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
