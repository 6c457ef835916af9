using HnmStreams.Pipeline.Scoring;
using HnmStreams.Web.Formatting;

namespace HnmStreams.Web.Tests.Formatting;

/// <summary>Tests of the sentence about the time from arrival to prediction.</summary>
public sealed class LatencySentenceTests
{
    private static readonly LatencyPercentiles Total = new(10, 0.5, 0.95, 1.2, 2);
    private static readonly LatencyPercentiles Recent = new(5, 0.0041, 0.0123, 0.0316, 0.04);

    [Fact]
    public void The_last_minutes_count_if_they_had_predictions()
    {
        Assert.Equal(
            "In the last minutes, half of the predictions were made within 4.1 ms of the arrival of the record, 95 % within 12 ms and 99 % within 32 ms.",
            LatencySentence.Of(new LatencyStatus(Total, Recent)));
        Assert.StartsWith("Since the start, half of the predictions were made within 500 ms", LatencySentence.Of(new LatencyStatus(Total, null)), StringComparison.Ordinal);
    }

    [Fact]
    public void The_short_form_has_the_percentiles() => Assert.Equal("p50 4.1 ms  p95 12 ms  p99 32 ms", LatencySentence.Short(Recent));
}
