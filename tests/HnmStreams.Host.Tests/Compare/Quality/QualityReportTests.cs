using HnmStreams.Host.Compare.Quality;

namespace HnmStreams.Host.Tests.Compare.Quality;

public sealed class QualityReportTests
{
    private static readonly Dictionary<string, double> NoOthers = [];

    private static readonly QualityMethodReport Uniform = QualityCurves.Of((1_000, 0.5), (2_000, 0.8), (4_000, 0.79));

    [Fact]
    public void Measures_all_methods_against_the_best_of_uniform()
    {
        var report = Of(("uniform", Uniform), ("mined", QualityCurves.Of((100, 0.692), (200, 0.892))));
        Assert.Equal(0.8, report.UniformBest);
        // 0.792 is halfway between the two points.
        Assert.Equal(150, report.LossTermsToReach99("mined")!.Value, 1e-9);
        Assert.Equal(1_000 + (0.292 / 0.3 * 1_000), report.LossTermsToReach99("uniform")!.Value, 1e-9);
    }

    [Fact]
    public void A_curve_that_starts_above_the_level_reaches_it_at_its_first_point() =>
        Assert.Equal(100, Of(("uniform", Uniform), ("mined", QualityCurves.Of((100, 0.9)))).LossTermsToReach99("mined"));

    [Fact]
    public void A_curve_that_never_reaches_the_level_has_no_value() =>
        Assert.Null(Of(("uniform", Uniform), ("random", QualityCurves.Of((100, 0.1), (200, 0.79)))).LossTermsToReach99("random"));

    [Fact]
    public void An_undefined_metric_reaches_no_level() =>
        Assert.Null(Of(("uniform", Uniform), ("random", QualityCurves.Of((100, double.NaN)))).LossTermsToReach99("random"));

    [Fact]
    public void Has_no_level_without_uniform()
    {
        var report = Of(("mined", QualityCurves.Of((100, 0.9))));
        Assert.Null(report.UniformBest);
        Assert.Null(report.LossTermsToReach99("mined"));
    }

    [Fact]
    public void Has_the_steps_rows_and_seconds_to_each_level()
    {
        var costs = Of(("uniform", QualityCurves.Of((3_200, 0.5), (6_400, 1)))).Costs["uniform"];
        Assert.Equal([0.90, 0.95, 0.99], costs.Select(c => c.Share));
        Assert.Equal((180, 5_760, 5.76), (costs[0].Steps!.Value, costs[0].LossTerms!.Value, Math.Round(costs[0].Seconds!.Value, 9)));
    }

    [Fact]
    public void Without_a_positive_level_nothing_is_reached()
    {
        var report = Of(("uniform", QualityCurves.Of((0, 0), (100, 0))), ("mined", QualityCurves.Of((0, 0))));
        Assert.Empty(report.Costs["mined"]);
        Assert.Null(report.LossTermsToReach99("mined"));
    }

    [Fact]
    public void A_point_has_the_mean_and_the_sample_deviation_over_seeds_of_both_versions()
    {
        var point = QualityPoint.Of([new(10, 5, 1, 2, 0.1, 0.3, NoOthers), new(10, 7, 3, 4, 0.3, 0.3, NoOthers)]);
        Assert.Equal((10, 6, 2, 3), (point.Consumed, point.Steps, point.LossTerms, point.Seconds));
        Assert.Equal(0.2, point.Mean, 1e-12);
        Assert.Equal(Math.Sqrt(0.02), point.Sd, 1e-12);
        Assert.Equal(0.3, point.Newest, 1e-12);
        Assert.Equal(0, point.NewestSd);
    }

    [Fact]
    public void The_area_is_the_mean_metric_over_the_examples_consumed()
    {
        // Trapezoids: 0.5 over the first 100 examples, 0.9 over the other 300.
        Assert.Equal(((0.5 * 100) + (0.9 * 300)) / 400, QualityCurves.Of((100, 0.2), (200, 0.8), (500, 1)).Area, 1e-12);
        Assert.Equal(0.7, QualityCurves.Of((100, 0.7)).Area, 1e-12);
    }

    [Fact]
    public void Areas_are_compared_by_seed()
    {
        var (mean, half) = QualityArea.Difference(QualityCurves.Of((100, 0.5), (200, 0.7)).Points, QualityCurves.Of((100, 0.4), (200, 0.6)).Points)!.Value;
        Assert.Equal((0.1, 0), (Math.Round(mean, 9), Math.Round(half, 9)));
        Assert.Null(QualityArea.Difference([QualityPoint.Of([new(1, 1, 1, 1, 1, 1, NoOthers)])], [QualityPoint.Of([new(1, 1, 1, 1, 1, 1, NoOthers)])]));
    }

    private static QualityReport Of(params (string Name, QualityMethodReport Report)[] methods) =>
        QualityReport.Of("task", "data", 1_000, "metric", 1, methods.ToDictionary(m => m.Name, m => m.Report, StringComparer.Ordinal));
}
