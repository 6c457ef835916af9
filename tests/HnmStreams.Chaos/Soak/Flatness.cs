namespace HnmStreams.Chaos.Soak;

/// <summary>The growth of a measured value: the median of the last quarter of the time compared with that of the first.</summary>
/// <param name="Begin">The median of the first quarter.</param>
/// <param name="End">The median of the last quarter.</param>
/// <param name="Highest">The largest value.</param>
/// <param name="SlopePerHour">The median of the slopes of all pairs, which is robust against outliers (Sen, J. Am. Stat. Assoc. 63, 1968).</param>
/// <param name="Allowed">The largest growth from begin to end that counts as flat.</param>
internal sealed record Flatness(double Begin, double End, double Highest, double SlopePerHour, double Allowed)
{
    // All pairs of more points would take long without changing the median slope.
    private const int MaxPoints = 400;

    public bool IsFlat => End - Begin <= Allowed;

    /// <summary>Computes the growth. O(n^2) in at most 400 points.</summary>
    /// <param name="points">Seconds and values in chronological order; at least 8.</param>
    /// <param name="share">The allowed growth as a share of the first quarter's median.</param>
    /// <param name="minAllowed">The allowed growth if the share amounts to less.</param>
    public static Flatness Of(IReadOnlyList<(double Seconds, double Value)> points, double share, double minAllowed)
    {
        if (points.Count < 8)
            throw new ArgumentException($"There must be at least 8 points but there are {points.Count}.", nameof(points));
        var quarter = points.Count / 4;
        var begin = Median([.. points.Take(quarter).Select(p => p.Value)]);
        var end = Median([.. points.TakeLast(quarter).Select(p => p.Value)]);
        return new Flatness(begin, end, points.Max(p => p.Value), Slope(points) * 3_600, Math.Max(share * begin, minAllowed));
    }

    private static double Slope(IReadOnlyList<(double Seconds, double Value)> points)
    {
        var step = (points.Count + MaxPoints - 1) / MaxPoints;
        var sampled = points.Where((_, i) => i % step == 0).ToArray();
        var slopes = new List<double>(sampled.Length * sampled.Length / 2);
        for (var i = 0; i < sampled.Length; i++)
        {
            for (var j = i + 1; j < sampled.Length; j++)
                slopes.Add((sampled[j].Value - sampled[i].Value) / (sampled[j].Seconds - sampled[i].Seconds));
        }

        return Median([.. slopes]);
    }

    private static double Median(double[] values)
    {
        Array.Sort(values);
        return values.Length % 2 == 1 ? values[values.Length / 2] : (values[(values.Length / 2) - 1] + values[values.Length / 2]) / 2;
    }
}
