namespace HnmStreams.Evaluation.Metrics;

/// <summary>
/// Metrics of how well scores separate pairs of the same identity from pairs of different ones. A pair is accepted if its score is at or
/// above a threshold.
/// </summary>
public static class VerificationMetrics
{
    /// <summary>
    /// Returns the true-accept rate at a false-accept rate (ISO/IEC 19795-1; NIST's face evaluations): the maximum share of same pairs
    /// accepted by a threshold that accepts at most <paramref name="falseAcceptRate"/> of the different pairs. Equal scores are one
    /// threshold, without interpolation. Pure; O(n log n).
    /// </summary>
    /// <param name="scores">Score of each pair; larger is more similar; not NaN.</param>
    /// <param name="same">True for pairs of the same identity.</param>
    /// <param name="falseAcceptRate">Maximum false-accept rate, 0 or more.</param>
    /// <returns>0 to 1; 0 if every threshold that accepts anything exceeds the rate; NaN if either kind of pair is missing.</returns>
    /// <exception cref="ArgumentException">The lengths differ, or a score is NaN.</exception>
    public static double TrueAcceptRate(ReadOnlySpan<float> scores, ReadOnlySpan<bool> same, double falseAcceptRate)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(falseAcceptRate);
        using var curve = RankedCurve.Of(scores, same, []);
        if (curve.Positives <= 0 || curve.Negatives <= 0)
            return double.NaN;
        double best = 0;
        foreach (var point in curve.Points)
        {
            if (point.FalsePositives / curve.Negatives > falseAcceptRate)
                break;
            best = point.TruePositives / curve.Positives;
        }

        return best;
    }
}
