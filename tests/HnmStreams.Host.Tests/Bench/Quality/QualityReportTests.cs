using HnmStreams.Host.Bench.Quality;

namespace HnmStreams.Host.Tests.Bench.Quality;

public sealed class QualityReportTests
{
    private static readonly QualityMethodReport Uniform = Curve((1_000, 0.5), (2_000, 0.8), (4_000, 0.79));

    [Fact]
    public void What_uniform_reaches_at_best_is_the_level_for_all()
    {
        var report = Of(("uniform", Uniform), ("mined", Curve((100, 0.692), (200, 0.892))));
        Assert.Equal(0.8, report.UniformBest);
        // 0.792 lies half way between the two points.
        Assert.Equal(150, report.BackpropagatedToReach99["mined"]!.Value, 1e-9);
        Assert.Equal(1_000 + (0.292 / 0.3 * 1_000), report.BackpropagatedToReach99["uniform"]!.Value, 1e-9);
    }

    [Fact]
    public void Who_begins_above_the_level_has_reached_it_at_the_first_point() =>
        Assert.Equal(100, Of(("uniform", Uniform), ("mined", Curve((100, 0.9)))).BackpropagatedToReach99["mined"]);

    [Fact]
    public void Who_never_reaches_it_has_no_figure() =>
        Assert.Null(Of(("uniform", Uniform), ("random", Curve((100, 0.1), (200, 0.79)))).BackpropagatedToReach99["random"]);

    [Fact]
    public void A_metric_that_is_not_defined_reaches_nothing() =>
        Assert.Null(Of(("uniform", Uniform), ("random", Curve((100, double.NaN)))).BackpropagatedToReach99["random"]);

    [Fact]
    public void Without_uniform_there_is_no_level()
    {
        var report = Of(("mined", Curve((100, 0.9))));
        Assert.Null(report.UniformBest);
        Assert.Null(report.BackpropagatedToReach99["mined"]);
    }

    [Fact]
    public void A_point_is_the_mean_over_the_seeds_and_their_sample_deviation()
    {
        var point = QualityPoint.Of([new(10, 1, 2, 0.1), new(10, 3, 4, 0.3)]);
        Assert.Equal((10, 2, 3), (point.Consumed, point.TrainedRows, point.Seconds));
        Assert.Equal(0.2, point.Mean, 1e-12);
        Assert.Equal(Math.Sqrt(0.02), point.Sd, 1e-12);
    }

    private static QualityReport Of(params (string Name, QualityMethodReport Report)[] methods) =>
        QualityReport.Of("task", "data", 1_000, "metric", 1, methods.ToDictionary(m => m.Name, m => m.Report, StringComparer.Ordinal));

    private static QualityMethodReport Curve(params (double Rows, double Mean)[] points) =>
        new([.. points.Select(p => new QualityPoint(10 * p.Rows, p.Rows, 1, p.Mean, 0))]);
}
