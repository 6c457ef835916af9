using HnmStreams.Web.Recovery;

namespace HnmStreams.Web.Tests.Recovery;

public sealed class RecoverySummaryTests
{
    [Fact]
    public void Medians_and_the_geometric_mean_of_ratios_summarize_the_changes()
    {
        var summary = RecoverySummary.Of([Change(1, 2, 8), Change(2, 4, 16), Change(3, 3, 12)])!;
        Assert.Equal((3, 3.0, 12.0), (summary.Changes, summary.Mined.MedianSeconds, summary.Random.MedianSeconds));
        Assert.Equal((4.0, 4.0, 4.0), (Math.Round(summary.AgainstRandom.Mean, 9), Math.Round(summary.AgainstRandom.Low, 9), Math.Round(summary.AgainstRandom.High!.Value, 9)));
    }

    [Fact]
    public void The_interval_covers_the_spread_between_changes()
    {
        // Logarithms of 2 and 8 differ by log 4: t = 12.706 with one degree of freedom.
        var ratio = RecoverySummary.Of([Change(1, 2, 4), Change(2, 2, 16)])!.AgainstRandom;
        Assert.Equal(4, ratio.Mean, 1e-9);
        Assert.Equal(4 * Math.Exp(-12.706 * Math.Log(4) / 2), ratio.Low, 1e-9);
    }

    [Fact]
    public void One_change_has_no_interval()
    {
        Assert.Equal(new RecoveryRatio(4, 0, null), RecoverySummary.Of([Change(1, 2, 8)])!.AgainstRandom with { Mean = 4 });
    }

    [Fact]
    public void A_learner_that_was_not_back_counts_with_the_time_up_to_the_next_change()
    {
        var summary = RecoverySummary.Of([Change(1, 2, null)])!;
        Assert.Equal((1, 20.0, null), (summary.Random.NotRecovered, summary.Random.MedianSeconds, summary.Random.MedianSteps));
        Assert.Equal(10, summary.AgainstRandom.Mean, 1e-9);
    }

    [Fact]
    public void No_time_is_shorter_than_the_first_evaluation()
    {
        Assert.Equal(1, RecoverySummary.Of([Change(1, 0, 1) with { FirstEvaluation = 2 }])!.AgainstRandom.Mean, 1e-9);
    }

    [Fact]
    public void A_change_in_progress_or_without_effect_does_not_count()
    {
        var unharmed = new LearnerRecovery(0.99, false, 0, 0);
        Assert.Null(RecoverySummary.Of([Change(1, 2, null) with { Ended = false }, Change(2, 0, 0) with { Mined = unharmed, Random = unharmed, RandomEqualCompute = unharmed }]));
    }

    private static ChangeRecovery Change(long number, double mined, double? random)
    {
        var baseline = new LearnerRecovery(0.5, true, random, (long?)(random * 10));
        return new ChangeRecovery(number, number * 1_000, number * 20, 0.95, 1, 20, true, new LearnerRecovery(0.6, true, mined, (long)(mined * 10)), baseline, baseline);
    }
}
