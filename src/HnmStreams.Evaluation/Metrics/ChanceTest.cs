namespace HnmStreams.Evaluation.Metrics;

/// <summary>A significance test of a ranking against chance.</summary>
public static class ChanceTest
{
    /// <summary>
    /// Returns true if the ROC AUC is above 0.5 by more than <paramref name="deviations"/> standard errors (Hanley and McNeil, "The meaning
    /// and use of the area under a ROC curve", Radiology 143, 1982, at AUC 0.5, which gives the error under the null hypothesis). O(n log
    /// n); pure.
    /// </summary>
    /// <param name="scores">Scores; larger means more positive.</param>
    /// <param name="positive">True for positives.</param>
    /// <param name="deviations">Number of standard errors.</param>
    /// <param name="minPositives">Minimum number of positives, and of negatives, below which the result is false.</param>
    public static bool BeatsChance(ReadOnlySpan<float> scores, ReadOnlySpan<bool> positive, double deviations = 3, int minPositives = 8)
    {
        var positives = 0;
        foreach (var p in positive)
            positives += p ? 1 : 0;
        var negatives = positive.Length - positives;
        if (positives < minPositives || negatives < minPositives)
            return false;
        // At AUC A = 1/2 the formula's Q1 = A/(2-A) = 1/3 and Q2 = 2A²/(1+A) = 1/3, so each excess over A² is 1/12.
        var variance = ((1.0 / 4) + ((positives - 1.0) / 12) + ((negatives - 1.0) / 12)) / ((double)positives * negatives);
        return RankingMetrics.RocAuc(scores, positive) > 0.5 + (deviations * Math.Sqrt(variance));
    }
}
