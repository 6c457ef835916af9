using HnmStreams.Evaluation.Comparing;

namespace HnmStreams.Host.Compare.Quality;

/// <summary>Areas under curves over the examples consumed. Pure.</summary>
internal static class QualityArea
{
    /// <summary>Returns the area divided by its length, by trapezoids; the value itself for one point.</summary>
    public static double Of(IReadOnlyList<QualityPoint> points, Func<QualityPoint, double> metric)
    {
        if (points.Count == 1)
            return metric(points[0]);
        var area = 0.0;
        for (var i = 1; i < points.Count; i++)
            area += (metric(points[i]) + metric(points[i - 1])) / 2 * (points[i].Consumed - points[i - 1].Consumed);
        return area / (points[^1].Consumed - points[0].Consumed);
    }

    /// <summary>Returns the mean difference of two methods' areas and the half-width of its 95 % interval, paired by seed; null with fewer than two seeds.</summary>
    public static (double Mean, double HalfWidth)? Difference(IReadOnlyList<QualityPoint> first, IReadOnlyList<QualityPoint> second)
    {
        var seeds = first[0].PerSeed.Count;
        if (seeds < 2 || second[0].PerSeed.Count != seeds)
            return null;
        var differences = Enumerable.Range(0, seeds).Select(s => Of(first, p => p.PerSeed[s]) - Of(second, p => p.PerSeed[s])).ToList();
        return (differences.Average(), StudentT.HalfWidth95(differences));
    }
}
