namespace HnmStreams.Evaluation.Metrics;

/// <summary>How well scores tell pairs of the same from pairs of different ones. A pair is accepted where its score is at or above a threshold.</summary>
public static class VerificationMetrics
{
    /// <summary>
    /// True-accept rate at a false-accept rate (ISO/IEC 19795-1; NIST's face evaluations): the largest share of same pairs
    /// that is accepted by any threshold which accepts at most <paramref name="falseAcceptRate"/> of the others. Equal
    /// scores are one threshold: nothing is interpolated between two. O(n log n); pure.
    /// </summary>
    /// <param name="scores">Larger is more alike; not NaN.</param>
    /// <param name="same">Whether a pair is of one and the same.</param>
    /// <returns>0 to 1, 0 where every threshold that accepts anything accepts too many; NaN without a pair of either kind.</returns>
    public static double TrueAcceptRate(ReadOnlySpan<float> scores, ReadOnlySpan<bool> same, double falseAcceptRate)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(falseAcceptRate);
        var curve = RankedCurve.Of(scores, same, []);
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
