namespace HnmStreams.Host.Compare.Quality;

/// <summary>The report that <c>hnm compare quality --summary</c> writes.</summary>
/// <param name="SetSize">The number of training examples in the data set; null if it is unbounded or unknown.</param>
/// <param name="Metric">The task's primary metric on its test set; larger is better.</param>
/// <param name="UniformBest">The best mean metric of <c>uniform</c>; null if that method was not run.</param>
/// <param name="Costs">The cost of each method until its mean curve reaches shares of <paramref name="UniformBest"/>.</param>
internal sealed record QualityReport(
    string Task,
    string Data,
    long? SetSize,
    string Metric,
    int Seeds,
    IReadOnlyDictionary<string, QualityMethodReport> Methods,
    double? UniformBest,
    IReadOnlyDictionary<string, IReadOnlyList<QualityCost>> Costs)
{
    /// <summary>The share of uniform's best that counts as reached. The last hundredth is noise.</summary>
    internal const double ReachedShare = 0.99;

    private static readonly double[] Shares = [0.90, 0.95, ReachedShare];

    /// <inheritdoc cref="QualityVerdict"/>
    public IReadOnlyList<string> Verdict => QualityVerdict.Of(this);

    public static QualityReport Of(string task, string data, long? setSize, string metric, int seeds, IReadOnlyDictionary<string, QualityMethodReport> methods)
    {
        double? best = methods.TryGetValue(QualityMethod.Uniform, out var uniform) ? uniform.Points.Max(p => p.Mean) : null;
        var costs = methods.ToDictionary(m => m.Key, m => CostsOf(m.Value.Points, best), StringComparer.Ordinal);
        return new QualityReport(task, data, setSize, metric, seeds, methods, best, costs);
    }

    /// <summary>Returns the loss terms until a method reaches 99 % of uniform's best; null if it never does.</summary>
    internal double? LossTermsToReach99(string method) =>
        Costs.TryGetValue(method, out var costs) ? costs.FirstOrDefault(c => c.Share == ReachedShare)?.LossTerms : null;

    /// <summary>Returns the cost at which the curve first reaches the level, linearly interpolated; null if it never does.</summary>
    internal static double? Reach(IReadOnlyList<QualityPoint> points, double level, Func<QualityPoint, double> cost)
    {
        for (var i = 0; i < points.Count; i++)
        {
            if (!(points[i].Mean >= level))
                continue;
            if (i == 0)
                return cost(points[0]);
            var (before, at) = (points[i - 1], points[i]);
            return cost(before) + ((level - before.Mean) / (at.Mean - before.Mean) * (cost(at) - cost(before)));
        }

        return null;
    }

    private static IReadOnlyList<QualityCost> CostsOf(IReadOnlyList<QualityPoint> points, double? best) => best is not > 0
        ? []
        : [.. Shares.Select(share => new QualityCost(
            share, Reach(points, share * best.Value, p => p.Steps), Reach(points, share * best.Value, p => p.LossTerms), Reach(points, share * best.Value, p => p.Seconds)))];
}

/// <summary>The cost until a mean curve reaches a level, linearly interpolated between two points; null if it never does.</summary>
/// <param name="Share">The level as a share of uniform's best.</param>
/// <param name="LossTerms">Loss terms trained on: rows, unless the task mines inside or among them.</param>
/// <param name="Seconds">Seconds of scoring, ranking and training.</param>
internal sealed record QualityCost(double Share, double? Steps, double? LossTerms, double? Seconds);

/// <summary>The results of one method.</summary>
/// <param name="Points">One point per budget, in ascending order.</param>
/// <param name="WrongLabels">The detection of labels that were flipped on purpose; null if none were.</param>
internal sealed record QualityMethodReport(IReadOnlyList<QualityPoint> Points, WrongLabels? WrongLabels = null)
{
    /// <summary>The batch size and learning rate, and how they were chosen.</summary>
    public QualitySweepResult? Tuning { get; init; }

    /// <summary>The area under the curve over examples consumed, divided by its length: the mean metric over the run. Trapezoids between the budgets; NaN if a point is not defined.</summary>
    public double Area => QualityArea.Of(Points, static p => p.Mean);
}
