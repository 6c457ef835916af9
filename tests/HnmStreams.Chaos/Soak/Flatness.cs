namespace HnmStreams.Chaos.Soak;

/// <summary>Whether a figure stays where it is: its median in the last quarter of the time beside that in the first.</summary>
/// <param name="Begin">Median of the first quarter.</param>
/// <param name="End">Median of the last quarter.</param>
/// <param name="SlopePerHour">Median of the slopes of all pairs (Sen, J. Am. Stat. Assoc. 63, 1968), which a few outliers do not move.</param>
/// <param name="Allowed">Growth from begin to end up to which it counts as flat.</param>
internal sealed record Flatness(double Begin, double End, double Highest, double SlopePerHour, double Allowed)
{
    // Of an hour's samples; all pairs of more would take long and say no more.
    private const int MostPoints = 400;

    public bool IsFlat => End - Begin <= Allowed;

    /// <param name="points">Seconds and figures, in the order of time; at least 8. O(n^2) in 400 of them at most.</param>
    /// <param name="share">Allowed growth as a share of the beginning.</param>
    /// <param name="least">Allowed growth where the share comes to less.</param>
    public static Flatness Of(IReadOnlyList<(double Seconds, double Value)> points, double share, double least)
    {
        if (points.Count < 8)
            throw new ArgumentException($"Quarters of {points.Count} points say nothing: at least 8.", nameof(points));
        var quarter = points.Count / 4;
        var begin = Median([.. points.Take(quarter).Select(p => p.Value)]);
        var end = Median([.. points.TakeLast(quarter).Select(p => p.Value)]);
        return new Flatness(begin, end, points.Max(p => p.Value), Slope(points) * 3_600, Math.Max(share * begin, least));
    }

    private static double Slope(IReadOnlyList<(double Seconds, double Value)> points)
    {
        var every = (points.Count + MostPoints - 1) / MostPoints;
        var few = points.Where((_, i) => i % every == 0).ToArray();
        var slopes = new List<double>(few.Length * few.Length / 2);
        for (var i = 0; i < few.Length; i++)
        {
            for (var j = i + 1; j < few.Length; j++)
                slopes.Add((few[j].Value - few[i].Value) / (few[j].Seconds - few[i].Seconds));
        }

        return Median([.. slopes]);
    }

    private static double Median(double[] values)
    {
        Array.Sort(values);
        return values.Length % 2 == 1 ? values[values.Length / 2] : (values[(values.Length / 2) - 1] + values[values.Length / 2]) / 2;
    }
}
