using HnmStreams.Data.Rows;
using HnmStreams.Evaluation.Comparing;
using HnmStreams.Pipeline.Flow.Promotion;
using HnmStreams.Pipeline.Publishing;
using Stream = HnmStreams.Pipeline.Tests.Fixtures.Stream;

namespace HnmStreams.Pipeline.Tests.Publishing;

public sealed class PromotionRuleTests
{
    private static readonly HeldOutSize Enough = new(100, "positives", 30);

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
        var (verdict, reason) = PromotionRule.Decide("averagePrecision", value, Enough, ahead is null ? null : 7, uplift, null);
        Assert.Equal(expected, verdict.ToString());
        Assert.Contains(ahead is null ? "averagePrecision" : "version 7", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Does_not_promote_a_version_that_cannot_be_compared() =>
        Assert.Equal(PromotionVerdict.Unknown, PromotionRule.Decide("averagePrecision", 0.9, Enough, 7, null, null).Verdict);

    [Fact]
    public void Promotes_the_newest_version_if_too_few_examples_are_held_out()
    {
        var (verdict, reason) = PromotionRule.Decide("averagePrecision", 0.5, new HeldOutSize(14, "positives", 30), 7, null, null);
        Assert.Equal(PromotionVerdict.TooFewToCompare, verdict);
        Assert.Equal("the newest version, because only 14 held-out positives can be compared and 30 are required (pipeline.publishing.minHeldOut)", reason);
    }

    [Theory]
    [InlineData(0.2, 0.3, "Best")]
    [InlineData(0.3, 0.3, "Best")]
    [InlineData(0.4, 0.3, "WithinNoise")]
    public void The_log_loss_decides_between_equal_metrics(double version, double best, string expected)
    {
        var (verdict, reason) = PromotionRule.Decide("averagePrecision", 1, Enough, 7, new Uplift(0, 0, 0), (version, best));
        Assert.Equal(expected, verdict.ToString());
        Assert.Contains("the same averagePrecision as version 7", reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3, 10, 3, "positives")]
    [InlineData(10, 3, 3, "negatives")]
    public void The_rarer_kind_counts(int positives, int negatives, int expected, string kind)
    {
        using var rows = new RowBuffer();
        for (var row = 0; row < positives + negatives; row++)
            rows.Add([1, 2, 3, 4], row < positives ? 1 : 0, 1);
        Assert.Equal(new HeldOutSize(expected, kind, 30), HeldOutSize.Of(Stream.Task, rows, 30));
    }
}
