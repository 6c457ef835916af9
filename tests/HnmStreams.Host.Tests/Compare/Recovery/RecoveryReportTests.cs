using HnmStreams.Host.Compare.Recovery;

namespace HnmStreams.Host.Tests.Compare.Recovery;

public sealed class RecoveryReportTests
{
    private static readonly RecoveredLearner NotFallen = new(0.9, false, 0, 0), NotBack = new(0.1, true, null, null);

    [Fact]
    public void Ratios_are_geometric_means_over_the_seeds_in_which_a_learner_fell()
    {
        var report = Report(new(0.8, Back(1_000), Back(2_000), Back(4_000)), new(0.8, Back(1_000), Back(8_000), NotBack), new(0.8, NotFallen, NotFallen, NotFallen));

        Assert.Equal(4, report.AgainstRandom!.Mean, 1e-9);
        // Not back counts with all of the 64,000 examples observed: the square root of 4 times 64.
        Assert.Equal(16, report.AgainstEqualCompute!.Mean, 1e-9);
        Assert.Contains("at equal steps 4.00 [", Assert.Single(RecoveryTable.Lines(report)), StringComparison.Ordinal);
    }

    [Fact]
    public void No_time_is_below_the_resolution() =>
        Assert.Equal(4, Report(new RecoveryResult(0.8, NotFallen, Back(2_000), NotFallen)).AgainstRandom!.Mean, 1e-9);

    [Fact]
    public void There_is_no_ratio_if_no_learner_fell()
    {
        var report = Report(new RecoveryResult(0.8, NotFallen, NotFallen, NotFallen));
        Assert.Null(report.AgainstRandom);
        Assert.Equal("No learner fell below the level under any seed.", Assert.Single(RecoveryTable.Lines(report)));
    }

    [Fact]
    public void A_line_per_seed_names_the_time_of_each_learner()
    {
        var run = new RecoveryRun(2, new(0.81234, Back(1_500), NotBack, NotFallen), [new(1_024, 0.5, new(0.7, 3), new(double.NaN, 3), new(0.6, 9))]);
        var lines = RecoveryTable.Lines(run).ToList();
        Assert.Contains("1,024 consumed  mined 0.7000  random NaN  at equal compute 0.6000  3 steps (9), 0.5 s", lines[0], StringComparison.Ordinal);
        Assert.Equal("seed 2: back at 0.8123 after the change: mined 1,500 examples (lowest 0.5000), random not back (lowest 0.1000), at equal compute did not fall (lowest 0.9000)", lines[1]);
        Assert.Null(run.Points[0].Observation.Metrics![1].Value);
    }

    private static RecoveredLearner Back(double examples) => new(0.5, true, examples, 10);

    private static RecoveryReport Report(params RecoveryResult[] results) =>
        new("tabular", "set", "averagePrecision", 10_000, 500, 64_000, [.. results.Select(static (r, i) => new RecoveryRun(i + 1, r, []))]);
}
