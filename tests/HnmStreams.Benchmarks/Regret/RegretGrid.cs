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
    /// <summary>The factor on the learning rate at the first step; 1 for a constant rate, as at all points of the grid.</summary>
    public double InitialFactor { get; init; } = 1;

    /// <summary>Returns the settings. All points train on the same number of rows.</summary>
    /// <param name="options">The settings with which a run starts.</param>
    public IReadOnlyList<string> Settings(HnmOptions options) =>
        [.. Tuning.Settings(options), Text($"pipeline.mix.hardShare={HardShare}"), Text($"pipeline.training.initialFactor={InitialFactor}")];

    public override string ToString() => Text($"{Tuning}{(InitialFactor > 1 ? Text($" after {InitialFactor} times") : "")}, hard share {HardShare:0.###}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
