namespace HnmStreams.Host.Compare.Quality;

/// <summary>One point of a method's curve: means over the seeds.</summary>
/// <param name="Consumed">Examples consumed from the stream.</param>
/// <param name="Steps">Training steps.</param>
/// <param name="LossTerms">Loss terms trained on: rows, unless the task mines inside or among them.</param>
/// <param name="Seconds">Seconds of scoring, ranking and training, without decoding and evaluation.</param>
/// <param name="PerSeed">The metric of the promoted version under each seed.</param>
/// <param name="NewestPerSeed">The metric of the newest version under each seed.</param>
internal sealed record QualityPoint(double Consumed, double Steps, double LossTerms, double Seconds, IReadOnlyList<double> PerSeed, IReadOnlyList<double> NewestPerSeed)
{
    /// <summary>Further metrics of the promoted version under each seed, by name.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<double>> Others { get; init; } = new Dictionary<string, IReadOnlyList<double>>(StringComparer.Ordinal);

    /// <summary>The mean metric of the promoted version.</summary>
    public double Mean => PerSeed.Average();

    /// <summary>The sample standard deviation between seeds; 0 for one seed.</summary>
    public double Sd => Deviation(PerSeed);

    /// <summary>The mean metric of the newest version.</summary>
    public double Newest => NewestPerSeed.Average();

    /// <summary>The sample standard deviation of the newest version between seeds; 0 for one seed.</summary>
    public double NewestSd => Deviation(NewestPerSeed);

    public static QualityPoint Of(IReadOnlyList<QualitySample> samples) => new(
        samples.Average(s => s.Consumed),
        samples.Average(s => s.Steps),
        samples.Average(s => s.LossTerms),
        samples.Average(s => s.Seconds),
        [.. samples.Select(s => s.Metric)],
        [.. samples.Select(s => s.Newest)])
    {
        Others = samples[0].Others.Keys.ToDictionary(static name => name, name => (IReadOnlyList<double>)[.. samples.Select(s => s.Others[name])], StringComparer.Ordinal),
    };

    /// <summary>Returns the sample standard deviation; 0 for one value.</summary>
    internal static double Deviation(IReadOnlyList<double> values)
    {
        var mean = values.Average();
        return values.Count < 2 ? 0 : Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Count - 1));
    }
}

/// <summary>The result of one method at one budget under one seed.</summary>
/// <param name="Metric">The metric of the promoted version.</param>
/// <param name="Newest">The metric of the newest version.</param>
/// <param name="Others">Further metrics of the promoted version.</param>
internal sealed record QualitySample(double Consumed, double Steps, double LossTerms, double Seconds, double Metric, double Newest, IReadOnlyDictionary<string, double> Others);
