using HnmStreams.Benchmarks.TelemetryOverhead;

namespace HnmStreams.EndToEnd.Tests.Benchmarks.TelemetryOverhead;

public sealed class TelemetryReportTests
{
    [Fact]
    public void Computes_ratios_per_round_and_reports_their_quartiles()
    {
        // The machine becomes slower: ratios per round are stable, ratios of medians are not.
        var rounds = new[] { 1.0, 0.98, 0.5, 0.99, 1.5 }.Select((ratio, i) => new TelemetryRound(new(1000 - (100 * i), 10, 0), new((1000 - (100 * i)) * ratio, 10 / ratio, 0))).ToList();
        var report = TelemetryReport.Of("m", 10, embedded: true, rounds);
        Assert.Equal((0.99, 0.98, 1.0), (Math.Round(report.Ratio, 9), Math.Round(report.RatioLow, 9), Math.Round(report.RatioHigh, 9)));
        Assert.Equal(1 / 0.99, report.CpuRatio, 9);
        Assert.Equal(800, report.PlainExamplesPerSecond);
    }
}
