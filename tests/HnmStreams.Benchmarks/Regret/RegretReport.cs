using System.Globalization;
using HnmStreams.Host.Compare.Cost;

namespace HnmStreams.Benchmarks.Regret;

/// <summary>The report of the benchmark.</summary>
/// <param name="Metric">The task's primary metric of the promoted version on the test part; larger is better.</param>
/// <param name="Grid">The results of all points.</param>
/// <param name="Start">The settings with which a run starts, under further seeds.</param>
/// <param name="OverTheRun">The regret in the mean over the run, against the point with the best one.</param>
/// <param name="AtTheEnd">The regret at the last budget, against the point that is best there.</param>
internal sealed record RegretReport(
    string Task, string Data, string Metric, IReadOnlyList<long> Budgets, IReadOnlyList<RegretResult> Grid, RegretResult Start, RegretOf OverTheRun, RegretOf AtTheEnd)
{
    /// <summary>Compares the start with the best points.</summary>
    /// <param name="start">The start under further seeds.</param>
    /// <param name="bestMean">The point with the best mean over the run in the grid, under the same seeds.</param>
    /// <param name="bestEnd">The point with the best value at the end in the grid, under the same seeds.</param>
    public static RegretReport Of(
        string task, string data, string metric, IReadOnlyList<long> budgets, IReadOnlyList<RegretResult> grid, RegretResult start, RegretResult bestMean, RegretResult bestEnd) =>
        new(task, data, metric, budgets, grid, start, RegretOf.Of(start, bestMean, static s => s.Mean), RegretOf.Of(start, bestEnd, static s => s.End));

    /// <summary>Returns the lines for a terminal.</summary>
    public IEnumerable<string> Lines() =>
    [
        OverTheRun.Text("mean over the run", Grid.Max(static r => r.Mean)),
        OverTheRun.Best == AtTheEnd.Best ? AtTheEnd.Text("at the end, the same point", Grid.Max(static r => r.End)) : AtTheEnd.Text("at the end", Grid.Max(static r => r.End)),
    ];
}

/// <summary>The start against the best point of the grid.</summary>
/// <param name="Share">What the start reaches of the best point's value, 1 without regret.</param>
/// <param name="Regret">The best point minus the start, paired by seed, with its 95 % interval.</param>
internal sealed record RegretOf(RegretPoint Best, double StartValue, double BestValue, double Share, SeedInterval Regret)
{
    public static RegretOf Of(RegretResult start, RegretResult best, Func<RegretSample, double> value)
    {
        var (ours, theirs) = (start.Samples.Average(value), best.Samples.Average(value));
        return new(best.Point, ours, theirs, ours / theirs, SeedInterval.Of([.. best.Samples.Zip(start.Samples, (b, s) => value(b) - value(s))]));
    }

    /// <summary>Returns one line for a terminal.</summary>
    /// <param name="inGrid">The best value in the grid, under the seeds by which it was chosen.</param>
    public string Text(string measure, double inGrid) => string.Create(
        CultureInfo.InvariantCulture,
        $"{measure}: start {StartValue:F4}, best point ({Best}) {BestValue:F4} (in the grid {inGrid:F4}): {Share:P1} of it, regret {Regret.Mean:+0.0000;-0.0000} [{Regret.Low:+0.0000;-0.0000}, {Regret.High:+0.0000;-0.0000}]");
}

/// <summary>The results of a point under its seeds.</summary>
internal sealed record RegretResult(RegretPoint Point, IReadOnlyList<RegretSample> Samples)
{
    public double Mean => Samples.Average(static s => s.Mean);

    public double End => Samples.Average(static s => s.End);

    /// <summary>Returns one line for a terminal.</summary>
    public string Text() => string.Create(CultureInfo.InvariantCulture, $"{Point,-48} mean over the run {Mean:F4}, at the end {End:F4} ({string.Join(' ', Samples.Select(static s => s.End.ToString("F4", CultureInfo.InvariantCulture)))})");
}

/// <summary>The result of one run.</summary>
/// <param name="Mean">The mean metric over the run.</param>
/// <param name="End">The metric at the last budget.</param>
internal sealed record RegretSample(int Seed, double Mean, double End);
