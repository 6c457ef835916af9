namespace HnmStreams.Evaluation.Metrics;

/// <summary>The weight of positives and negatives at or above one threshold.</summary>
internal readonly record struct CurvePoint(double TruePositives, double FalsePositives);

/// <summary>The cumulative counts at each distinct score, from the highest down. All curve metrics are computed from it.</summary>
internal sealed class RankedCurve
{
    private RankedCurve(List<CurvePoint> points, double positives, double negatives) =>
        (Points, Positives, Negatives) = (points, positives, negatives);

    public List<CurvePoint> Points { get; }

    public double Positives { get; }

    public double Negatives { get; }

    public static RankedCurve Of(ReadOnlySpan<float> scores, ReadOnlySpan<bool> positive, ReadOnlySpan<float> weights)
    {
        if (scores.Length != positive.Length || (!weights.IsEmpty && weights.Length != scores.Length))
            throw new ArgumentException($"{scores.Length} scores, {positive.Length} labels and {weights.Length} weights must have the same length.", nameof(scores));
        var keys = new float[scores.Length];
        var order = new int[scores.Length];
        for (var i = 0; i < keys.Length; i++)
        {
            if (float.IsNaN(scores[i]))
                throw new ArgumentException($"Score {i} is NaN, which has no rank.", nameof(scores));
            (keys[i], order[i]) = (-scores[i], i);
        }

        Array.Sort(keys, order);
        var points = new List<CurvePoint>();
        double above = 0, below = 0;
        for (var i = 0; i < order.Length; i++)
        {
            var weight = weights.IsEmpty ? 1 : weights[order[i]];
            if (positive[order[i]])
                above += weight;
            else
                below += weight;
            var endsTie = i + 1 == order.Length || keys[i + 1] != keys[i];
            // Examples without weight make no threshold: their precision would be 0/0.
            if (endsTie && above + below > 0)
                points.Add(new CurvePoint(above, below));
        }

        return new RankedCurve(points, above, below);
    }
}
