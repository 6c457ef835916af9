using System.Buffers;

namespace HnmStreams.Evaluation.Metrics;

/// <summary>The weight of positives and negatives at or above one threshold.</summary>
internal readonly record struct CurvePoint(double TruePositives, double FalsePositives);

/// <summary>
/// The cumulative counts at each distinct score, from the highest down. All curve metrics are computed from it. Its memory is pooled,
/// because a window of a live stream is evaluated again and again.
/// </summary>
internal sealed class RankedCurve : IDisposable
{
    private readonly int _count;
    private CurvePoint[] _points;

    private RankedCurve(CurvePoint[] points, int count, double positives, double negatives) =>
        (_points, _count, Positives, Negatives) = (points, count, positives, negatives);

    public ReadOnlySpan<CurvePoint> Points => _points.AsSpan(0, _count);

    public double Positives { get; }

    public double Negatives { get; }

    public static RankedCurve Of(ReadOnlySpan<float> scores, ReadOnlySpan<bool> positive, ReadOnlySpan<float> weights)
    {
        if (scores.Length != positive.Length || (!weights.IsEmpty && weights.Length != scores.Length))
            throw new ArgumentException($"{scores.Length} scores, {positive.Length} labels and {weights.Length} weights must have the same length.", nameof(scores));
        for (var i = 0; i < scores.Length; i++)
        {
            if (float.IsNaN(scores[i]))
                throw new ArgumentException($"Score {i} is NaN, which has no rank.", nameof(scores));
        }

        var keys = ArrayPool<float>.Shared.Rent(scores.Length);
        var order = ArrayPool<int>.Shared.Rent(scores.Length);
        for (var i = 0; i < scores.Length; i++)
            (keys[i], order[i]) = (-scores[i], i);
        Array.Sort(keys, order, 0, scores.Length);
        var curve = Walk(keys.AsSpan(0, scores.Length), order, positive, weights);
        ArrayPool<float>.Shared.Return(keys);
        ArrayPool<int>.Shared.Return(order);
        return curve;
    }

    public void Dispose()
    {
        if (_points.Length > 0)
            ArrayPool<CurvePoint>.Shared.Return(_points);
        _points = [];
    }

    private static RankedCurve Walk(ReadOnlySpan<float> keys, ReadOnlySpan<int> order, ReadOnlySpan<bool> positive, ReadOnlySpan<float> weights)
    {
        var points = ArrayPool<CurvePoint>.Shared.Rent(keys.Length);
        var count = 0;
        double above = 0, below = 0;
        for (var i = 0; i < keys.Length; i++)
        {
            var weight = weights.IsEmpty ? 1 : weights[order[i]];
            if (positive[order[i]])
                above += weight;
            else
                below += weight;
            var endsTie = i + 1 == keys.Length || keys[i + 1] != keys[i];
            // Examples without weight make no threshold: their precision would be 0/0.
            if (endsTie && above + below > 0)
                points[count++] = new CurvePoint(above, below);
        }

        return new RankedCurve(points, count, above, below);
    }
}
