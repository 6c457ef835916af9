using System.Globalization;
using System.Xml.Linq;
using HnmStreams.Benchmarks.Policies;

namespace HnmStreams.EndToEnd.Tests.Benchmarks.Policies;

public sealed class PolicyPlotTests
{
    [Fact]
    public void Draws_each_row_in_proportion_and_escapes_names()
    {
        var svg = XDocument.Parse(PolicyPlot.Draw([new("a < b", 10, 0.5, 0.3, 0.2, 12), new("c", 10, 1, 0, 0, 3)], 1_000));
        // Rectangles of one color: the two bars of a part, and its entry in the legend.
        double[] easy = [.. Bars(svg, "rgb(140,155,171)")];
        double[] lookAlike = [.. Bars(svg, "rgb(47,129,199)")];
        Assert.Equal(0.5, easy[0] / easy[1], 0.01);
        Assert.Equal(0.6, lookAlike[0] / easy[0], 0.01);
        Assert.Contains(svg.Descendants(), e => e.Value == "a < b (age 12)");
    }

    private static IEnumerable<double> Bars(XDocument svg, string color) => svg.Descendants()
        .Where(e => e.Name.LocalName == "rect" && (e.Attribute("style")?.Value.Replace(" ", "", StringComparison.Ordinal).Contains(color, StringComparison.Ordinal) ?? false))
        .Select(e => double.Parse(e.Attribute("width")!.Value, CultureInfo.InvariantCulture)).Where(width => width > 20);
}
