using System.Xml.Linq;
using HnmStreams.Host.Compare.Quality;

namespace HnmStreams.Host.Tests.Compare.Quality;

public sealed class QualityPlotTests
{
    [Fact]
    public void Draws_each_point_inside_the_frame_and_escapes_names()
    {
        var points = new QualityPoint[] { new(100, 100, 1, 0.5, 0.01), new(1_000, 1_000, 2, 0.9, 0.02), new(10_000, 10_000, 3, double.NaN, 0) };
        var methods = new Dictionary<string, QualityMethodReport>(StringComparer.Ordinal) { ["uniform"] = new(points), ["mined"] = new(points) };
        var svg = XDocument.Parse(QualityPlot.Draw(QualityReport.Of("a<b", "data", null, "averagePrecision", 3, methods)));
        var circles = svg.Descendants().Where(e => e.Name.LocalName == "circle").ToArray();
        Assert.Equal(4, circles.Length);
        Assert.All(circles, c => Assert.InRange((double)c.Attribute("cy")!, 46, 346));
        Assert.Contains("a<b", svg.Root!.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Draws_an_empty_frame_without_finite_points()
    {
        var methods = new Dictionary<string, QualityMethodReport>(StringComparer.Ordinal) { ["mined"] = new([new(1, 1, 1, double.NaN, 0)]) };
        Assert.DoesNotContain("circle", QualityPlot.Draw(QualityReport.Of("t", "d", null, "m", 1, methods)), StringComparison.Ordinal);
    }
}
