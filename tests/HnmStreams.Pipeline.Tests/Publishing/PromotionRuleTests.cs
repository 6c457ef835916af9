using HnmStreams.Evaluation.Comparing;
using HnmStreams.Pipeline.Flow.Promotion;
using HnmStreams.Pipeline.Publishing;

namespace HnmStreams.Pipeline.Tests.Publishing;

public sealed class PromotionRuleTests
{
    [Theory]
    [InlineData(0.5, null, null, "Best")]
    [InlineData(double.NaN, null, null, "Unknown")]
    [InlineData(0.5, 0.02, 0.01, "Best")]
    [InlineData(0.5, 0.0, 0.01, "Best")]
    [InlineData(0.5, -0.01, 0.02, "WithinNoise")]
    [InlineData(0.5, -0.03, 0.02, "WorseThanBest")]
    public void Decides_by_the_uplift_over_the_best_version_and_its_confidence_interval(double value, double? ahead, double? half, string expected)
    {
        var uplift = ahead is { } mean ? new Uplift(mean, mean - half!.Value, mean + half.Value) : null;
        var (verdict, reason) = PromotionRule.Decide("averagePrecision", value, ahead is null ? null : 7, uplift);
        Assert.Equal(expected, verdict.ToString());
        Assert.Contains(ahead is null ? "averagePrecision" : "version 7", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Does_not_promote_a_version_that_cannot_be_compared() =>
        Assert.Equal(PromotionVerdict.Unknown, PromotionRule.Decide("averagePrecision", 0.9, 7, null).Verdict);
}
