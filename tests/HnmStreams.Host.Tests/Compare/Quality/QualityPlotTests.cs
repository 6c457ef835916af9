using System.Xml.Linq;
using HnmStreams.Host.Compare.Quality;

namespace HnmStreams.Host.Tests.Compare.Quality;

public sealed class QualityPlotTests
{
    [Fact]
    public void Draws_a_curve_with_a_marker_per_finite_point_and_escapes_names()
    {
        var points = new QualityPoint[] { new(100, 3, 100, 1, [0.49, 0.51], [0.5, 0.5]), new(1_000, 31, 1_000, 2, [0.88, 0.92], [0.9, 0.9]), new(10_000, 312, 10_000, 3, [double.NaN], [double.NaN]) };
        var methods = new Dictionary<string, QualityMethodReport>(StringComparer.Ordinal) { ["uniform"] = new(points), ["mined"] = new(points) };
        var svg = XDocument.Parse(QualityPlot.Draw(QualityReport.Of("a<b", "data", null, "averagePrecision", 3, methods)));
        // One marker per point, and one per curve in the legend.
        Assert.Equal(6, svg.Descendants().Count(e => e.Name.LocalName == "ellipse"));
        Assert.Contains("a<b: averagePrecision on the test set, 3 seeds", svg.Root!.Value, StringComparison.Ordinal);
        Assert.All(["uniform", "mined", "examples trained on", "AP"], text => Assert.Contains(svg.Descendants(), e => e.Name.LocalName == "text" && e.Value == text));
    }

    [Fact]
    public void Draws_seconds_and_gives_a_point_without_measurable_time_a_place()
    {
        var methods = new Dictionary<string, QualityMethodReport>(StringComparer.Ordinal) { ["mined"] = new([new(1, 1, 1, 0, [0.5], [0.5]), new(10, 2, 10, 2.5, [0.6], [0.6])]) };
        var svg = XDocument.Parse(QualityPlot.Draw(QualityReport.Of("t", "d", null, "m", 1, methods), QualityPlot.Seconds));
        Assert.Contains(svg.Descendants(), e => e.Name.LocalName == "text" && e.Value == "seconds of scoring, ranking and training");
        Assert.Equal(3, svg.Descendants().Count(e => e.Name.LocalName == "ellipse"));
    }

    [Fact]
    public void Draws_an_empty_frame_without_finite_points()
    {
        var methods = new Dictionary<string, QualityMethodReport>(StringComparer.Ordinal) { ["mined"] = new([new(1, 1, 1, 1, [double.NaN], [double.NaN])]) };
        var svg = XDocument.Parse(QualityPlot.Draw(QualityReport.Of("t", "d", null, "m", 1, methods)));
        Assert.InRange(svg.Descendants().Count(e => e.Name.LocalName == "ellipse"), 0, 1);
    }
}
