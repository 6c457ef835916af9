using System.Globalization;
using HnmStreams.Configuration.Sections;
using HnmStreams.Host.Compare.Quality;
using HnmStreams.Tasks;

namespace HnmStreams.Benchmarks.Regret;

/// <summary>The grid of settings. Pure.</summary>
internal static class RegretGrid
{
    /// <summary>Returns all combinations. Tasks that train on groups or regions keep their batch.</summary>
    /// <param name="options">The settings with which a run starts.</param>
    public static IReadOnlyList<RegretPoint> Points(IMiningTask task, HnmOptions options, IReadOnlyList<double> rateFactors, IReadOnlyList<int> batches, IReadOnlyList<double> hardShares) =>
        [.. new QualityGrid(batches, rateFactors).Candidates(task, options).SelectMany(tuning => hardShares.Select(hardShare => new RegretPoint(tuning, hardShare)))];
}

/// <summary>A point of the grid.</summary>
/// <param name="HardShare">The share of hard negatives among the negatives of a batch.</param>
internal sealed record RegretPoint(QualityTuning Tuning, double HardShare)
{
    /// <summary>Returns the settings. All points train on the same number of rows.</summary>
    /// <param name="options">The settings with which a run starts.</param>
    public IReadOnlyList<string> Settings(HnmOptions options) => [.. Tuning.Settings(options), string.Create(CultureInfo.InvariantCulture, $"pipeline.mix.hardShare={HardShare}")];

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Tuning}, hard share {HardShare:0.###}");
}
