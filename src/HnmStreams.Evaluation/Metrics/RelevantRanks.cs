namespace HnmStreams.Evaluation.Metrics;

/// <summary>The ranks of the relevant answers of a query, from which all metrics of binary relevance are computed.</summary>
public static class RelevantRanks
{
    /// <summary>
    /// Returns the ranks of the relevant answers, ascending from 1. Of equal scores the irrelevant answers come first, so that a model that
    /// gives everything the same score gains nothing from the order of the data. O(n log R) for R relevant answers; only those are sorted.
    /// </summary>
    /// <param name="scores">Score of each answer; larger is better; not NaN.</param>
    /// <param name="relevant">True for relevant answers.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a score is NaN.</exception>
    public static int[] Of(ReadOnlySpan<float> scores, ReadOnlySpan<bool> relevant)
    {
        if (scores.Length != relevant.Length)
            throw new ArgumentException($"{scores.Length} scores and {relevant.Length} relevance judgments must have the same length.", nameof(scores));
        var right = new List<float>();
        for (var i = 0; i < scores.Length; i++)
        {
            if (float.IsNaN(scores[i]))
                throw new ArgumentException($"Score {i} is NaN, which has no rank.", nameof(scores));
            if (relevant[i])
                right.Add(scores[i]);
        }

        right.Sort();
        // Irrelevant answers by the number of relevant ones that they outrank.
        var wrong = new int[right.Count + 1];
        for (var i = 0; i < scores.Length; i++)
        {
            if (!relevant[i])
                wrong[AtMost(right, scores[i])]++;
        }

        var ranks = new int[right.Count];
        var before = 0;
        for (var i = 0; i < ranks.Length; i++)
        {
            before += wrong[right.Count - i];
            ranks[i] = before + i + 1;
        }

        return ranks;
    }

    private static int AtMost(List<float> ascending, float score)
    {
        var (low, high) = (0, ascending.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (ascending[middle] <= score)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
