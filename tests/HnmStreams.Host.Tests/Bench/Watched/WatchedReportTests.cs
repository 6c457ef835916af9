using HnmStreams.Host.Bench.Watched;

namespace HnmStreams.Host.Tests.Bench.Watched;

public sealed class WatchedReportTests
{
    [Fact]
    public void Ratios_are_taken_round_by_round_and_their_middle_half_is_told()
    {
        // A machine that gets slower: neighbours agree where the medians of each side would not.
        var rounds = new[] { 1.0, 0.98, 0.5, 0.99, 1.5 }.Select((ratio, i) => new WatchedRound(new(1000 - (100 * i), 10, 0), new((1000 - (100 * i)) * ratio, 10 / ratio, 0))).ToList();
        var report = WatchedReport.Of("m", 10, embedded: true, rounds);
        Assert.Equal((0.99, 0.98, 1.0), (Math.Round(report.Ratio, 9), Math.Round(report.RatioLow, 9), Math.Round(report.RatioHigh, 9)));
        Assert.Equal(1 / 0.99, report.ProcessorRatio, 9);
        Assert.Equal(800, report.UnwatchedExamplesPerSecond);
    }
}
