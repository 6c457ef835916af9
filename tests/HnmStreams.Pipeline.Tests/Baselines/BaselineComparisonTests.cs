using HnmStreams.Evaluation.Comparing;
using HnmStreams.Pipeline.Baselines;

namespace HnmStreams.Pipeline.Tests.Baselines;

public sealed class BaselineComparisonTests
{
    private static readonly BaselineComparison Comparison = new(Metric(0.9), Metric(0.8), Metric(0.85), new Uplift(0.1, 0.05, 0.15), new Uplift(0.05, 0, 0.1));

    [Theory]
    [InlineData(10_000, 10_000, true)]
    [InlineData(10_000, 9_550, true)]
    [InlineData(10_000, 9_000, false)]
    [InlineData(100, 60, true)]
    [InlineData(100, 20, false)]
    public void A_baseline_that_fell_behind_is_not_compared_at_equal_steps(long mined, long random, bool compared)
    {
        var report = Comparison.Report("m", Performance(mined), Status(random), Status(random + 50), 7, onTest: null);
        Assert.Equal(compared ? Comparison.AgainstRandom : null, report.AgainstRandom);
        Assert.Equal(Comparison.AgainstEqualCompute, report.AgainstEqualCompute);
        Assert.Equal((mined, random, random + 50, 7), (report.Mined.Steps, report.Random.Steps, report.RandomEqualCompute.Steps, report.ModelVersion));
    }

    [Fact]
    public void The_report_has_metrics_and_costs()
    {
        var report = Comparison.Report("m", Performance(100), Status(100), Status(130), 7, Comparison);
        Assert.Equal((0.9, 3.0, 5.0), (report.Mined.HeldOut["m"], report.Mined.ScoringSeconds, report.Mined.TrainingSeconds));
        Assert.Equal((0.8, 0.0, 2.0), (report.Random.HeldOut["m"], report.Random.ScoringSeconds, report.Random.TrainingSeconds));
        Assert.Equal((0.85, 0.85), (report.RandomEqualCompute.HeldOut["m"], report.RandomEqualCompute.Test!["m"]));
        Assert.Equal(Comparison.AgainstRandom, report.AgainstRandomOnTest);
    }

    private static LearnerPerformance Performance(long steps) => new(Metric(double.NaN), steps, steps * 16, ScoringSeconds: 3, TrainingSeconds: 5);

    private static BaselineStatus Status(long steps) => new(steps, steps * 16, Seconds: 2, ExtraSeconds: 0, Granted: 0);

    private static Dictionary<string, double> Metric(double value) => new(StringComparer.Ordinal) { ["m"] = value };
}
