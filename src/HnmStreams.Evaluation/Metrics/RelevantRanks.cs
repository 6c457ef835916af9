namespace HnmStreams.Evaluation.Metrics;

/// <summary>Where the relevant answers stand in a ranking by score: all that yes-or-no retrieval metrics need of it.</summary>
public static class RelevantRanks
{
    /// <summary>
    /// Ranks of the relevant, 1 the best, ascending. Of equal scores the wrong answer comes first: a model that gives
    /// everything one score earns nothing by the order of the data. O(n log R), R the relevant; nothing is sorted but them.
    /// </summary>
    /// <param name="scores">Larger is a better answer; not NaN.</param>
    public static int[] Of(ReadOnlySpan<float> scores, ReadOnlySpan<bool> relevant)
    {
        if (scores.Length != relevant.Length)
            throw new ArgumentException($"{scores.Length} scores and {relevant.Length} judgements do not belong together.", nameof(scores));
        var right = new List<float>();
        for (var i = 0; i < scores.Length; i++)
        {
            if (float.IsNaN(scores[i]))
                throw new ArgumentException($"Score {i} is not a number: it has no rank.", nameof(scores));
            if (relevant[i])
                right.Add(scores[i]);
        }

        right.Sort();
        // By how many of the relevant a wrong answer beats or equals.
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
