namespace HnmStreams.Evaluation.Metrics;

/// <summary>
/// How well scores rank positives above negatives. Larger scores mean "more positive". Weights, where given, are not
/// negative and count an example so many times. O(n log n), n the number of scores; pure.
/// </summary>
public static class RankingMetrics
{
    /// <summary>
    /// Average precision: the sum over thresholds of precision times the recall gained, without interpolation, equal
    /// scores being one threshold (as scikit-learn's <c>average_precision_score</c> defines it).
    /// </summary>
    /// <returns>0 to 1; NaN without a positive.</returns>
    public static double AveragePrecision(ReadOnlySpan<float> scores, ReadOnlySpan<bool> positive, ReadOnlySpan<float> weights = default)
    {
        var curve = RankedCurve.Of(scores, positive, weights);
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
    /// Area under the ROC curve: the chance that a positive scores above a negative, equal scores counting half
    /// (Mann and Whitney's U).
    /// </summary>
    /// <returns>0 to 1; NaN without a positive or without a negative.</returns>
    public static double RocAuc(ReadOnlySpan<float> scores, ReadOnlySpan<bool> positive, ReadOnlySpan<float> weights = default)
    {
        var curve = RankedCurve.Of(scores, positive, weights);
        if (curve.Positives <= 0 || curve.Negatives <= 0)
            return double.NaN;
        double area = 0, lastTrue = 0, lastFalse = 0;
        foreach (var point in curve.Points)
        {
            area += (point.FalsePositives - lastFalse) * (point.TruePositives + lastTrue) / 2;
            (lastTrue, lastFalse) = (point.TruePositives, point.FalsePositives);
        }

        // Sums of many weights round; an area above 1 would only raise questions.
        return Math.Min(1, area / (curve.Positives * curve.Negatives));
    }

    /// <summary>The largest recall at any threshold whose precision is at least <paramref name="precision"/>.</summary>
    /// <returns>0 to 1, 0 where no threshold is so precise; NaN without a positive.</returns>
    public static double RecallAtPrecision(
        ReadOnlySpan<float> scores, ReadOnlySpan<bool> positive, double precision, ReadOnlySpan<float> weights = default)
    {
        var curve = RankedCurve.Of(scores, positive, weights);
        if (curve.Positives <= 0)
            return double.NaN;
        double best = 0;
        foreach (var point in curve.Points)
        {
            // The quotient, not the product: 7 of 25 is a precision of 0.28, but 0.28 * 25 rounds to more than 7.
            if (point.TruePositives / (point.TruePositives + point.FalsePositives) >= precision)
                best = Math.Max(best, point.TruePositives / curve.Positives);
        }

        return best;
    }
}
