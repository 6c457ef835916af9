namespace HnmStreams.Evaluation.Metrics;

/// <summary>
/// Metrics of how well scores rank positives above negatives. Larger scores mean "more positive". A weight, 0 or more, counts an example
/// that many times. Pure; O(n log n) for n scores.
/// </summary>
public static class RankingMetrics
{
    /// <summary>
    /// Returns the average precision: the sum over thresholds of precision times the gain in recall, without interpolation. Equal scores
    /// are one threshold, as in scikit-learn's <c>average_precision_score</c>.
    /// </summary>
    /// <param name="scores">Scores, [n].</param>
    /// <param name="positive">True for positives, [n].</param>
    /// <param name="weights">Weights, 0 or more; empty for 1 each.</param>
    /// <returns>0 to 1; NaN without a positive.</returns>
    /// <exception cref="ArgumentException">The lengths differ, or a score is NaN.</exception>
    public static double AveragePrecision(ReadOnlySpan<float> scores, ReadOnlySpan<bool> positive, ReadOnlySpan<float> weights = default)
    {
        using var curve = RankedCurve.Of(scores, positive, weights);
        if (curve.Positives <= 0)
            return double.NaN;
        double sum = 0, before = 0;
        foreach (var point in curve.Points)
        {
            var precision = point.TruePositives / (point.TruePositives + point.FalsePositives);
            sum += precision * (point.TruePositives - before);
            before = point.TruePositives;
        }

        return sum / curve.Positives;
    }

    /// <summary>
    /// Returns the area under the ROC curve: the probability that a positive scores above a negative, with ties counted half (Mann-Whitney
    /// U).
    /// </summary>
    /// <param name="scores">Scores, [n].</param>
    /// <param name="positive">True for positives, [n].</param>
    /// <param name="weights">Weights, 0 or more; empty for 1 each.</param>
    /// <returns>0 to 1; NaN without a positive or without a negative.</returns>
    /// <exception cref="ArgumentException">The lengths differ, or a score is NaN.</exception>
    public static double RocAuc(ReadOnlySpan<float> scores, ReadOnlySpan<bool> positive, ReadOnlySpan<float> weights = default)
    {
        if (weights.IsEmpty)
            return PairComparison.RocAuc(scores, positive);
        using var curve = RankedCurve.Of(scores, positive, weights);
        if (curve.Positives <= 0 || curve.Negatives <= 0)
            return double.NaN;
        double area = 0, lastTrue = 0, lastFalse = 0;
        foreach (var point in curve.Points)
        {
            area += (point.FalsePositives - lastFalse) * (point.TruePositives + lastTrue) / 2;
            (lastTrue, lastFalse) = (point.TruePositives, point.FalsePositives);
        }

        // Sums of many weights are rounded; the area must not exceed 1.
        return Math.Min(1, area / (curve.Positives * curve.Negatives));
    }

    /// <summary>Returns the maximum recall over all thresholds with at least the given precision.</summary>
    /// <param name="scores">Scores, [n].</param>
    /// <param name="positive">True for positives, [n].</param>
    /// <param name="precision">Minimum precision, 0 to 1.</param>
    /// <param name="weights">Weights, 0 or more; empty for 1 each.</param>
    /// <returns>0 to 1; 0 if no threshold reaches the precision; NaN without a positive.</returns>
    /// <exception cref="ArgumentException">The lengths differ, or a score is NaN.</exception>
    public static double RecallAtPrecision(
        ReadOnlySpan<float> scores, ReadOnlySpan<bool> positive, double precision, ReadOnlySpan<float> weights = default)
    {
        using var curve = RankedCurve.Of(scores, positive, weights);
        if (curve.Positives <= 0)
            return double.NaN;
        double best = 0;
        foreach (var point in curve.Points)
        {
            // The quotient, not the product: 7 of 25 is a precision of 0.28, but 0.28 * 25 is rounded to more than 7.
            if (point.TruePositives / (point.TruePositives + point.FalsePositives) >= precision)
                best = Math.Max(best, point.TruePositives / curve.Positives);
        }

        return best;
    }
}
