namespace HnmStreams.Host.Compare.Quality;

/// <summary>The report that <c>hnm compare quality --summary</c> writes.</summary>
/// <param name="SetSize">The number of training examples in the data set; null if it is unbounded or unknown.</param>
/// <param name="Metric">The task's primary metric on its test set; larger is better.</param>
/// <param name="UniformBest">The best mean metric of <c>uniform</c>; null if that method was not run.</param>
/// <param name="LossTermsToReach99">Loss terms trained on until the mean curve reaches 99 % of <paramref name="UniformBest"/>, linearly interpolated between two points; null if it never does.</param>
internal sealed record QualityReport(
    string Task,
    string Data,
    long? SetSize,
    string Metric,
    int Seeds,
    IReadOnlyDictionary<string, QualityMethodReport> Methods,
    double? UniformBest,
    IReadOnlyDictionary<string, double?> LossTermsToReach99)
{
    /// <summary>The share of uniform's best that counts as reached. The last hundredth is noise.</summary>
    internal const double ReachedShare = 0.99;

    /// <inheritdoc cref="QualityVerdict"/>
    public IReadOnlyList<string> Verdict => QualityVerdict.Of(this);

    public static QualityReport Of(string task, string data, long? setSize, string metric, int seeds, IReadOnlyDictionary<string, QualityMethodReport> methods)
    {
        double? best = methods.TryGetValue(QualityMethod.Uniform, out var uniform) ? uniform.Points.Max(p => p.Mean) : null;
        var reached = methods.ToDictionary(m => m.Key, m => best is { } level ? Reach(m.Value.Points, ReachedShare * level, p => p.LossTerms) : null, StringComparer.Ordinal);
        return new QualityReport(task, data, setSize, metric, seeds, methods, best, reached);
    }

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
}

/// <summary>The results of one method.</summary>
/// <param name="Points">One point per budget, in ascending order.</param>
/// <param name="WrongLabels">The detection of labels that were flipped on purpose; null if none were.</param>
internal sealed record QualityMethodReport(IReadOnlyList<QualityPoint> Points, WrongLabels? WrongLabels = null);

/// <summary>One point of a method's curve: means over the seeds.</summary>
/// <param name="Consumed">Examples consumed from the stream.</param>
/// <param name="LossTerms">Loss terms trained on: rows, unless the task mines inside or among them.</param>
/// <param name="Seconds">Seconds of scoring and training, without decoding and evaluation.</param>
/// <param name="Mean">The mean of the metric.</param>
/// <param name="Sd">The sample standard deviation of the metric between seeds; 0 for one seed.</param>
internal sealed record QualityPoint(double Consumed, double LossTerms, double Seconds, double Mean, double Sd)
{
    public static QualityPoint Of(IReadOnlyList<QualitySample> samples)
    {
        var mean = samples.Average(s => s.Metric);
        var sd = samples.Count < 2 ? 0 : Math.Sqrt(samples.Sum(s => (s.Metric - mean) * (s.Metric - mean)) / (samples.Count - 1));
        return new(samples.Average(s => s.Consumed), samples.Average(s => s.LossTerms), samples.Average(s => s.Seconds), mean, sd);
    }
}

/// <summary>The result of one method at one budget under one seed.</summary>
internal readonly record struct QualitySample(double Consumed, double LossTerms, double Seconds, double Metric);
