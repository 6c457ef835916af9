using System.Xml.Linq;
using HnmStreams.Web.Plots;

namespace HnmStreams.Web.Tests.Plots;

public sealed class SvgPlotTests
{
    [Fact]
    public void Text_is_escaped_and_stays_text()
    {
        var svg = XElement.Parse(new SvgPlot("a < b & c").WithAxes("<x>", "y").WithLegend().WithLine("l & m", "#1f66c1", [(0, 1), (1, 2)]).Draw());
        Assert.Equal("a < b & c", svg.Elements().First(e => e.Name.LocalName == "title").Value);
        Assert.All(["a < b & c", "<x>", "l & m"], text => Assert.Contains(svg.Descendants(), e => e.Name.LocalName == "text" && e.Value == text));
        Assert.Equal(("img", "0 0 760 360"), (svg.Attribute("role")!.Value, svg.Attribute("viewBox")!.Value));
    }

    [Fact]
    public void A_line_passes_through_its_points_in_proportion()
    {
        var svg = XElement.Parse(new SvgPlot("t").WithAxes("x", "y", minimum: 0, maximum: 4).WithLine("l", "#010203", [(0, 0), (1, 1), (2, 4)]).Draw());
        var line = Assert.Single(svg.Descendants(), e => e.Name.LocalName == "polyline" && (e.Attribute("style")?.Value.Replace(" ", "", StringComparison.Ordinal).Contains("rgb(1,2,3)", StringComparison.Ordinal) ?? false));
        var points = line.Attribute("points")!.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(p => p.Split(',').Select(v => double.Parse(v, System.Globalization.CultureInfo.InvariantCulture)).ToArray()).ToArray();
        Assert.Equal(0.25, (points[1][1] - points[0][1]) / (points[2][1] - points[0][1]), 0.01);
        Assert.Equal(0.5, (points[1][0] - points[0][0]) / (points[2][0] - points[0][0]), 0.01);
    }

    [Fact]
    public void A_logarithmic_axis_spaces_powers_of_ten_evenly()
    {
        var svg = new SvgPlot("t").WithAxes("x", "y", logarithmic: true).WithLine("l", "#010203", [(1, 0), (10, 1), (100, 2)]).Draw();
        Assert.Contains(XElement.Parse(svg).Descendants(), e => e.Name.LocalName == "text" && e.Value == "100");
    }

    [Fact]
    public void A_logarithmic_axis_shows_values_below_one_and_the_legend_is_not_clipped()
    {
        var svg = XElement.Parse(new SvgPlot("t").WithAxes("x", "y", logarithmic: true).WithLegend().WithLine("mined", "#010203", [(0.01, 0), (0.1, 1), (1, 2)]).Draw());
        Assert.Contains(svg.Descendants(), e => e.Name.LocalName == "text" && e.Value == "0.01");
        var legend = Assert.Single(svg.Descendants(), e => e.Name.LocalName == "text" && e.Value == "mined");
        Assert.All(legend.Ancestors(), e => Assert.Null(e.Attribute("clip-path")));
    }
}
