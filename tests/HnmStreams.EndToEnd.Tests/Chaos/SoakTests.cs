using HnmStreams.Chaos.Soak;
using HnmStreams.Mining.Randomness;

namespace HnmStreams.EndToEnd.Tests.Chaos;

/// <summary>Tests of the evaluation of <c>make soak</c>.</summary>
public sealed class SoakTests
{
    private const string Metrics = """
        # HELP hnm_torch_tensors Native tensors alive in the process.
        # TYPE hnm_torch_tensors gauge
        hnm_torch_tensors{otel_scope_name="HnmStreams.Torch"} 143 1795638396000
        hnm_torch_tensors_peak{otel_scope_name="HnmStreams.Torch"} 400 1795638396000
        hnm_checkpoint_stall_seconds_sum{owner="ranking"} 0.25
        hnm_checkpoint_stall_seconds_sum{owner="trainer"} 0.5
        plain 7
        """;

    [Theory]
    [InlineData("hnm_torch_tensors", "", 143)]
    [InlineData("hnm_checkpoint_stall_seconds_sum", "", 0.75)]
    [InlineData("hnm_checkpoint_stall_seconds_sum", "owner=\"ranking\"", 0.25)]
    [InlineData("plain", "", 7)]
    [InlineData("hnm_torch", "", 0)]
    public void Sums_the_samples_of_a_metric_by_name_and_label(string name, string label, double expected) =>
        Assert.Equal(expected, PrometheusText.Sum(Metrics, name, label), 9);

    [Fact]
    public void A_noisy_series_is_flat_and_a_leak_is_not()
    {
        var generator = new Xoshiro256StarStar(5);
        double Noise() => generator.NextDouble() * 20;
        (double, double)[] Series(double perHour) => [.. Enumerable.Range(0, 600).Select(i => (i * 5.0, 1_000 + Noise() + (perHour * i * 5 / 3_600)))];
        Assert.True(Flatness.Of(Series(0), share: 0.05, minAllowed: 0).IsFlat);
        Assert.True(Flatness.Of(Series(-500), share: 0.05, minAllowed: 0).IsFlat);
        var leak = Flatness.Of(Series(200), share: 0.05, minAllowed: 0);
        Assert.False(leak.IsFlat);
        Assert.InRange(leak.SlopePerHour, 190, 210);
    }

    [Fact]
    public void Ignores_outliers_and_samples_before_the_end_of_the_warm_up()
    {
        var samples = Enumerable.Range(0, 200).Select(i => Sample(i * 5, i < 40 ? 100 : i % 17 == 0 ? 400 : 300)).ToList();
        var summary = SoakSummary.Of(samples, TimeSpan.FromSeconds(200), exitCode: 0);
        Assert.True(summary.IsFlat);
        Assert.Equal((300, 300, 400), (summary.Handles.Begin, summary.Handles.End, summary.Handles.Highest));
        Assert.Equal((0.001, 200), (Math.Round(summary.StallShare, 9), summary.ExamplesPerSecond));
        Assert.False(SoakSummary.Of(samples, TimeSpan.Zero, exitCode: 0).IsFlat);
        Assert.False(SoakSummary.Of(samples, TimeSpan.FromSeconds(200), exitCode: 1).IsFlat);
    }

    private static Sample Sample(double seconds, int figure) =>
        new(seconds, (long)(seconds * 200), 1, 10, figure * 1_000_000L, figure, figure, figure, figure, seconds * 0.001, 3);
}
