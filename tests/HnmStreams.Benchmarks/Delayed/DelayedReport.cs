using System.Globalization;
using System.Text;
using HnmStreams.Host.Compare.Cost;

namespace HnmStreams.Benchmarks.Delayed;

/// <summary>The report of the benchmark.</summary>
/// <param name="Metric">The task's primary metric; larger is better.</param>
/// <param name="MedianDelay">The median delay of a label, in inputs.</param>
/// <param name="Rows">Each quantity with inline labels, with later ones, and their difference per seed.</param>
/// <param name="MiningShare">The seconds of scoring for mining with later labels, as a share of those with inline labels.</param>
/// <param name="MiningRowsShare">The same share of the scored rows, which does not depend on the load of the machine.</param>
/// <param name="Inline">The runs with inline labels, one per seed.</param>
/// <param name="Later">The runs with later labels, in the same order.</param>
internal sealed record DelayedReport(
    string Task, string Data, string Metric, double MedianDelay, IReadOnlyList<DelayedRow> Rows, double MiningShare, double MiningRowsShare, IReadOnlyList<DelayedRun> Inline, IReadOnlyList<DelayedRun> Later)
{
    private const double MaxDifference = 0.01, MaxMiningShare = 0.05;

    /// <summary>The goals in words, each with its result.</summary>
    public IReadOnlyList<string> Goals { get; } =
    [
        Goal(Rows[0].Difference is { Low: >= -MaxDifference, High: <= MaxDifference }, string.Create(CultureInfo.InvariantCulture, $"the interval of the held-out difference is within {MaxDifference}")),
        Goal(MiningShare < MaxMiningShare, string.Create(CultureInfo.InvariantCulture, $"scoring for mining takes {MiningShare:P1} of the seconds with inline labels ({MiningRowsShare:P1} of the rows; less than {MaxMiningShare:P0})")),
    ];

    /// <summary>Compares the runs of both modes.</summary>
    /// <param name="inline">The runs with inline labels, one per seed.</param>
    /// <param name="later">The runs with later labels, in the same order.</param>
    /// <exception cref="InvalidOperationException">A pair of runs has not learned the same number of examples.</exception>
    public static DelayedReport Of(string task, string data, string metric, double medianDelay, IReadOnlyList<DelayedRun> inline, IReadOnlyList<DelayedRun> later)
    {
        for (var seed = 0; seed < inline.Count; seed++)
        {
            if (inline[seed].Learned != later[seed].Learned)
                throw new InvalidOperationException($"Both runs must have learned the same number of examples, but it is {inline[seed].Learned} and {later[seed].Learned} with seed {seed + 1}.");
        }

        List<DelayedRow> rows = [Row($"held-out {metric}, promoted", static r => r.HeldOut), Row($"held-out {metric}, newest", static r => r.HeldOutNewest)];
        if (inline.All(static r => r.Test is not null))
            rows.AddRange([Row($"test {metric}, promoted", static r => r.Test!.Value), Row($"test {metric}, newest", static r => r.TestNewest!.Value)]);
        rows.AddRange(
        [
            Row("mean loss of the pool", static r => r.PoolLoss),
            Row("share of the hardest in the pool", static r => r.PoolRecall),
            Row("rows scored for mining", static r => r.ScoredRows),
            Row("seconds of scoring for mining", static r => r.ScoringSeconds),
            Row("seconds of predicting", static r => r.PredictingSeconds),
            Row("seconds of training", static r => r.TrainingSeconds),
            Row("seconds in all", static r => r.Seconds),
        ]);
        return new DelayedReport(task, data, metric, medianDelay, rows, later.Sum(static r => r.ScoringSeconds) / inline.Sum(static r => r.ScoringSeconds), later.Sum(static r => (double)r.ScoredRows) / inline.Sum(static r => (double)r.ScoredRows), inline, later);

        DelayedRow Row(string name, Func<DelayedRun, double> value) => new(
            name,
            SeedInterval.Of([.. inline.Select(value)]),
            SeedInterval.Of([.. later.Select(value)]),
            SeedInterval.Of([.. later.Zip(inline, (l, i) => value(l) - value(i))]));
    }

    /// <summary>Returns the table for a terminal.</summary>
    public string Text()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{Task}: {Data}; {Inline[0].Learned} examples, labels after a median of {MedianDelay:F0} further ones, {Inline.Count} seeds (mean and 95 % interval)");
        text.AppendLine(CultureInfo.InvariantCulture, $"{"",-40} {"inline",-28} {"later",-28} difference");
        foreach (var row in Rows)
            text.AppendLine(CultureInfo.InvariantCulture, $"{row.Name,-40} {Interval(row.Inline),-28} {Interval(row.Later),-28} {Interval(row.Difference)}");
        foreach (var goal in Goals)
            text.AppendLine(goal);
        return text.ToString();
    }

    private static string Goal(bool isReached, string text) => (isReached ? "reached: " : "missed: ") + text;

    private static string Interval(SeedInterval i) => Math.Abs(i.Mean) >= 1_000
        ? string.Create(CultureInfo.InvariantCulture, $"{i.Mean:F0} ± {i.High - i.Mean:F0}")
        : string.Create(CultureInfo.InvariantCulture, $"{i.Mean:F4} ± {i.High - i.Mean:F4}");
}

/// <summary>A quantity: means over the seeds with 95 % intervals.</summary>
/// <param name="Difference">Later minus inline, per seed.</param>
internal sealed record DelayedRow(string Name, SeedInterval Inline, SeedInterval Later, SeedInterval Difference);

/// <summary>The result of one run.</summary>
/// <param name="Learned">The number of examples whose label was learned, held-out ones included.</param>
/// <param name="HeldOut">The metric of the promoted version on the held-out share at the end.</param>
/// <param name="HeldOutNewest">The metric of the newest version.</param>
/// <param name="Test">The metric of the promoted version on the test set; null if none exists.</param>
/// <param name="TestNewest">The metric of the newest version on the test set; null if none exists.</param>
/// <param name="PoolLoss">The mean of <see cref="PoolQuality.Loss"/> over the run.</param>
/// <param name="PoolRecall">The mean of <see cref="PoolQuality.Recall"/> over the run.</param>
/// <param name="ScoredRows">The number of examples that were scored for mining alone.</param>
/// <param name="ScoringSeconds">The seconds of these passes.</param>
/// <param name="PredictingSeconds">The seconds of predictions that are served; 0 with inline labels.</param>
/// <param name="Seconds">All seconds of learning, without measurements.</param>
internal sealed record DelayedRun(
    long Learned,
    long Steps,
    double HeldOut,
    double HeldOutNewest,
    double? Test,
    double? TestNewest,
    double PoolLoss,
    double PoolRecall,
    long ScoredRows,
    double ScoringSeconds,
    double PredictingSeconds,
    double TrainingSeconds,
    double Seconds)
{
    /// <summary>Returns one line for a terminal.</summary>
    public string Text(string mode) => string.Create(
        CultureInfo.InvariantCulture,
        $"{mode,-6} held-out {HeldOut:F4} (newest {HeldOutNewest:F4}) test {Test:F4} (newest {TestNewest:F4}) pool loss {PoolLoss:F4}, recall {PoolRecall:F3}  learned {Learned}, steps {Steps}, scored for mining {ScoredRows} in {ScoringSeconds:F2} s, predicting {PredictingSeconds:F2} s, training {TrainingSeconds:F2} s, all {Seconds:F1} s");
}
