using System.Globalization;
using HnmStreams.Configuration;
using HnmStreams.Data.Rows;
using HnmStreams.Host.Application;
using HnmStreams.Host.Compare;
using HnmStreams.Host.Compare.Quality;
using HnmStreams.Host.Starting;

namespace HnmStreams.Benchmarks.Regret;

/// <summary>
/// The regret of the settings with which <c>hnm run</c> starts: what the best point of a grid of learning rates, batch sizes and hard shares reaches
/// more on the test part. The best points are chosen under some seeds and compared with the start under others, so that the choice does not favor them.
/// </summary>
/// <remarks>
/// Mined negatives in one serial loop. All points train on the same number of rows. The starting rules of a live run that follow from measured seconds
/// have no effect here, and neither have challengers.
/// </remarks>
internal sealed class RegretBenchmark(RegretRequest request, CommandContext context)
{
    private const int FirstFinalSeed = 101;

    private static readonly QualityMethod Mined = new(QualityMethod.Mined, []);

    private readonly SeededStream _stream = new(context, request.Config);

    /// <summary>Runs the grid and the comparison, and prints a line for each point.</summary>
    /// <exception cref="SettingsException">The task has no test part, or a setting is invalid.</exception>
    public RegretReport Run(CancellationToken cancellation)
    {
        var options = _stream.Load(request.Settings, 1);
        var task = ConfiguredTask.Create(options.Task);
        using var test = _stream.TestRows(options, task)
            ?? throw new SettingsException($"'data.path' must name a data set with a test part but is '{options.Data.Path}'. Set data.testPath, or set data.split.by to id, content, label or time.");
        var (description, _, _, _) = _stream.Feed(options);
        context.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{task.Name}: {description}; {task.PrimaryMetric} on {test.Count} test examples"));
        var start = Start(request, context);
        // Smaller first steps and held-out shares are the same for all points. Batch and learning rate, which is constant, are those of the point.
        string[] common = [.. start.Where(static p => p.Key is StartingRule.MinExamplesKey or StartingRule.HeldOutShareKey).Select(static p => $"{p.Key}={p.Value}")];
        var present = _stream.Load([.. request.Settings, .. common], 1);
        var batch = start.FirstOrDefault(static p => p.Key == StartingRule.BatchSizeKey) is { } chosen ? int.Parse(chosen.Value, CultureInfo.InvariantCulture) : present.Pipeline.Mix.BatchSize;
        var points = RegretGrid.Points(task, present, request.RateFactors, request.Batches, request.HardShares);
        var first = new RegretPoint(new QualityTuning(batch, present.Pipeline.Training.LearningRate), present.Pipeline.Mix.HardShareOrDefault)
        {
            InitialFactor = start.FirstOrDefault(static p => p.Key == StartingRule.InitialFactorKey) is { } factor ? double.Parse(factor.Value, CultureInfo.InvariantCulture) : present.Pipeline.Training.InitialFactor,
        };
        int[] seeds = [.. Enumerable.Range(1, request.Seeds)];
        var grid = points.Select(point => Measure(point, seeds)).ToList();
        var (bestMean, bestEnd) = (grid.MaxBy(static r => r.Mean)!.Point, grid.MaxBy(static r => r.End)!.Point);
        int[] finalSeeds = [.. Enumerable.Range(FirstFinalSeed, request.FinalSeeds)];
        var reference = Measure(first, finalSeeds);
        var mean = Measure(bestMean, finalSeeds);
        var end = bestEnd == bestMean ? mean : Measure(bestEnd, finalSeeds);
        return RegretReport.Of(task.Name, description, task.PrimaryMetric, request.Budgets, grid, reference, mean, end);

        RegretResult Measure(RegretPoint point, IReadOnlyList<int> runSeeds)
        {
            var result = new RegretResult(point, [.. runSeeds.Select(seed => Train(point, [.. common, .. point.Settings(present)], seed, test, cancellation))]);
            context.Out.WriteLine(result.Text());
            context.Out.Flush();
            return result;
        }
    }

    private static IReadOnlyList<StartingPoint> Start(RegretRequest request, CommandContext context)
    {
        var loaded = StartingSettings.Apply(context.Settings.Load(new SettingsRequest(request.Config, request.Settings, [])), context);
        return [.. loaded.Given.Where(static g => g.Origin == StartingSettings.Layer).Select(static g => new StartingPoint(g.Path, g.Value!, ""))];
    }

    private RegretSample Train(RegretPoint point, IReadOnlyList<string> settings, int seed, RowBuffer test, CancellationToken cancellation)
    {
        var (samples, _) = new QualityRun(_stream, request.Settings, request.Budgets, context.Time).Train(Mined, settings, seed, test, excluded: null, cancellation);
        QualityPoint[] curve = [.. samples.Select(static s => QualityPoint.Of([s]))];
        return new RegretSample(seed, QualityArea.Of(curve, static p => p.Mean), curve[^1].Mean);
    }
}

/// <summary>The arguments of the benchmark.</summary>
/// <param name="Config">The task's settings file.</param>
/// <param name="Settings">Settings of all points, each as <c>KEY=VALUE</c>.</param>
/// <param name="Budgets">Numbers of consumed examples at which the metric is measured, ascending.</param>
/// <param name="RateFactors">Factors of the task's learning rate.</param>
/// <param name="Batches">Rows per step.</param>
/// <param name="HardShares">Shares of hard negatives among the negatives of a batch.</param>
/// <param name="Seeds">The number of seeds of each point of the grid.</param>
/// <param name="FinalSeeds">The number of further seeds of the start and of the best points.</param>
internal sealed record RegretRequest(
    string? Config, IReadOnlyList<string> Settings, IReadOnlyList<long> Budgets, IReadOnlyList<double> RateFactors, IReadOnlyList<int> Batches, IReadOnlyList<double> HardShares, int Seeds, int FinalSeeds);
