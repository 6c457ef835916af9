using HnmStreams.Benchmarks.Regret;
using HnmStreams.Configuration.Sections;

namespace HnmStreams.EndToEnd.Tests.Benchmarks.Regret;

public sealed class RegretReportTests
{
    private static readonly RegretPoint Start = new(new(16, 0.001), 0.5), Fast = new(new(32, 0.004), 1), Late = new(new(64, 0.002), 0.5);

    [Fact]
    public void Regret_is_that_of_the_best_points_under_further_seeds()
    {
        var report = RegretReport.Of("tabular", "set", "averagePrecision", [10], [Result(Fast, (0.9, 0.9)), Result(Late, (0.5, 0.95))], Result(Start, (0.6, 0.8), (0.8, 0.8)), Result(Fast, (0.7, 0.8), (0.9, 0.8)), Result(Late, (0.4, 0.8), (0.4, 1.0)));

        Assert.Equal(Fast, report.OverTheRun.Best);
        Assert.Equal(0.1, report.OverTheRun.Regret.Mean, 1e-9);
        // Both seeds differ by the same amount, so that the interval has no width.
        Assert.Equal(0.1, report.OverTheRun.Regret.Low, 1e-9);
        Assert.Equal(0.7 / 0.8, report.OverTheRun.Share, 1e-9);
        Assert.Equal(Late, report.AtTheEnd.Best);
        Assert.Equal(0.8 / 0.9, report.AtTheEnd.Share, 1e-9);
        Assert.True(report.AtTheEnd.Regret.Low < 0 && report.AtTheEnd.Regret.High > 0.1);
        Assert.Contains("87.5", report.Lines().First(), StringComparison.Ordinal);
    }

    [Fact]
    public void All_points_train_on_as_many_rows()
    {
        var options = new HnmOptions();
        var rows = new[] { Start, Fast, Late }.Select(point =>
        {
            var settings = point.Settings(options).Select(static s => s.Split('=')).ToDictionary(static s => s[0], static s => double.Parse(s[1], System.Globalization.CultureInfo.InvariantCulture), StringComparer.Ordinal);
            Assert.Equal(point.HardShare, settings["pipeline.mix.hardShare"]);
            return settings["pipeline.mix.batchSize"] / settings["pipeline.limiter.examplesPerStep"];
        });

        Assert.Single(rows.Distinct());
    }

    private static RegretResult Result(RegretPoint point, params (double Mean, double End)[] samples) => new(point, [.. samples.Select(static (s, i) => new RegretSample(i, s.Mean, s.End))]);
}
