using HnmStreams.Evaluation.Comparing;
using HnmStreams.Pipeline.Publishing;

namespace HnmStreams.Pipeline.Tests.Publishing;

public sealed class PromotionRuleTests
{
    [Theory]
    [InlineData(0.5, null, null, true, true)]
    [InlineData(double.NaN, null, null, false, false)]
    [InlineData(0.5, 0.02, 0.01, true, true)]
    [InlineData(0.5, 0.0, 0.01, true, true)]
    [InlineData(0.5, -0.01, 0.02, true, false)]
    [InlineData(0.5, -0.03, 0.02, false, false)]
    public void The_latest_is_the_newest_that_is_not_worse_than_the_best_by_more_than_the_noise(double value, double? ahead, double? half, bool latest, bool best)
    {
        var uplift = ahead is { } mean ? new Uplift(mean, mean - half!.Value, mean + half.Value) : null;
        var (isLatest, isBest, reason) = PromotionRule.Decide("averagePrecision", value, ahead is null ? null : 7, uplift);
        Assert.Equal((latest, best), (isLatest, isBest));
        Assert.Contains(ahead is null ? "averagePrecision" : "version 7", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_compared_is_not_promoted() =>
        Assert.Equal((false, false), PromotionRule.Decide("averagePrecision", 0.9, 7, null) is var (latest, best, _) ? (latest, best) : default);
}
