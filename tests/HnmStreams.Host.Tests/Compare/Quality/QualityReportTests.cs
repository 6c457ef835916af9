using HnmStreams.Host.Compare.Quality;

namespace HnmStreams.Host.Tests.Compare.Quality;

public sealed class QualityReportTests
{
    private static readonly QualityMethodReport Uniform = Curve((1_000, 0.5), (2_000, 0.8), (4_000, 0.79));

    [Fact]
    public void Measures_all_methods_against_the_best_of_uniform()
    {
        var report = Of(("uniform", Uniform), ("mined", Curve((100, 0.692), (200, 0.892))));
        Assert.Equal(0.8, report.UniformBest);
        // 0.792 is halfway between the two points.
        Assert.Equal(150, report.LossTermsToReach99["mined"]!.Value, 1e-9);
        Assert.Equal(1_000 + (0.292 / 0.3 * 1_000), report.LossTermsToReach99["uniform"]!.Value, 1e-9);
    }

    [Fact]
    public void A_curve_that_starts_above_the_level_reaches_it_at_its_first_point() =>
        Assert.Equal(100, Of(("uniform", Uniform), ("mined", Curve((100, 0.9)))).LossTermsToReach99["mined"]);

    [Fact]
    public void A_curve_that_never_reaches_the_level_has_no_value() =>
        Assert.Null(Of(("uniform", Uniform), ("random", Curve((100, 0.1), (200, 0.79)))).LossTermsToReach99["random"]);

    [Fact]
    public void An_undefined_metric_reaches_no_level() =>
        Assert.Null(Of(("uniform", Uniform), ("random", Curve((100, double.NaN)))).LossTermsToReach99["random"]);

    [Fact]
    public void Has_no_level_without_uniform()
    {
        var report = Of(("mined", Curve((100, 0.9))));
        Assert.Null(report.UniformBest);
        Assert.Null(report.LossTermsToReach99["mined"]);
    }

    [Fact]
    public void A_point_has_the_mean_and_the_sample_deviation_over_seeds()
    {
        var point = QualityPoint.Of([new(10, 1, 2, 0.1), new(10, 3, 4, 0.3)]);
        Assert.Equal((10, 2, 3), (point.Consumed, point.LossTerms, point.Seconds));
        Assert.Equal(0.2, point.Mean, 1e-12);
        Assert.Equal(Math.Sqrt(0.02), point.Sd, 1e-12);
    }

    private static QualityReport Of(params (string Name, QualityMethodReport Report)[] methods) =>
        QualityReport.Of("task", "data", 1_000, "metric", 1, methods.ToDictionary(m => m.Name, m => m.Report, StringComparer.Ordinal));

    private static QualityMethodReport Curve(params (double Rows, double Mean)[] points) =>
        new([.. points.Select(p => new QualityPoint(10 * p.Rows, p.Rows, 1, p.Mean, 0))]);
}
