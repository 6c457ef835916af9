namespace HnmStreams.Host.Bench.Quality;

/// <summary>What <c>hnm bench quality --summary</c> writes.</summary>
/// <param name="Metric">The task's primary metric on its test set; larger is better.</param>
/// <param name="UniformBest">The best mean of training on everything; null where that was not asked for.</param>
/// <param name="SetSize">Examples that the set has to learn from; null where they are without end, or not counted beforehand.</param>
/// <param name="BackpropagatedToReach99">Rows trained on until the mean curve meets 99 % of that, between two points on the line that joins them; null where it never does.</param>
internal sealed record QualityReport(
    string Task,
    string Data,
    long? SetSize,
    string Metric,
    int Seeds,
    IReadOnlyDictionary<string, QualityMethodReport> Methods,
    double? UniformBest,
    IReadOnlyDictionary<string, double?> BackpropagatedToReach99)
{
    /// <summary>Of uniform's best: the last hundredth is noise.</summary>
    internal const double Share = 0.99;

    /// <inheritdoc cref="QualityVerdict"/>
    public IReadOnlyList<string> Verdict => QualityVerdict.Of(this);

    public static QualityReport Of(string task, string data, long? setSize, string metric, int seeds, IReadOnlyDictionary<string, QualityMethodReport> methods)
    {
        double? best = methods.TryGetValue(QualityMethod.Uniform, out var uniform) ? uniform.Points.Max(p => p.Mean) : null;
        var reached = methods.ToDictionary(m => m.Key, m => best is { } level ? Reach(m.Value.Points, Share * level, p => p.TrainedRows) : null, StringComparer.Ordinal);
        return new QualityReport(task, data, setSize, metric, seeds, methods, best, reached);
    }

    /// <summary>What was spent where the curve first meets the level.</summary>
    internal static double? Reach(IReadOnlyList<QualityPoint> points, double level, Func<QualityPoint, double> spent)
    {
        for (var i = 0; i < points.Count; i++)
        {
            if (!(points[i].Mean >= level))
                continue;
            if (i == 0)
                return spent(points[0]);
            var (before, at) = (points[i - 1], points[i]);
            return spent(before) + ((level - before.Mean) / (at.Mean - before.Mean) * (spent(at) - spent(before)));
        }

        return null;
    }
}

/// <param name="Points">In the order of the budgets.</param>
/// <param name="WrongLabels">What became of labels that were wrong on purpose; null where none were.</param>
internal sealed record QualityMethodReport(IReadOnlyList<QualityPoint> Points, WrongLabels? WrongLabels = null);

/// <summary>Means over the seeds.</summary>
/// <param name="Consumed">Examples of the stream.</param>
/// <param name="TrainedRows">Rows trained on.</param>
/// <param name="Seconds">Scoring and training, without decoding and judging.</param>
/// <param name="Mean">Of the metric.</param>
/// <param name="Sd">Standard deviation of the metric between seeds; 0 for one seed.</param>
internal sealed record QualityPoint(double Consumed, double TrainedRows, double Seconds, double Mean, double Sd)
{
    public static QualityPoint Of(IReadOnlyList<QualitySample> samples)
    {
        var mean = samples.Average(s => s.Metric);
        var sd = samples.Count < 2 ? 0 : Math.Sqrt(samples.Sum(s => (s.Metric - mean) * (s.Metric - mean)) / (samples.Count - 1));
        return new(samples.Average(s => s.Consumed), samples.Average(s => s.TrainedRows), samples.Average(s => s.Seconds), mean, sd);
    }
}

/// <summary>Where one method stood at one budget under one seed.</summary>
internal readonly record struct QualitySample(double Consumed, double TrainedRows, double Seconds, double Metric);
