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
        var bars = svg.Descendants().Where(e => e.Elements().Any(c => c.Name.LocalName == "title")).ToArray();
        var widths = bars.Select(b => double.Parse(b.Attribute("width")!.Value, CultureInfo.InvariantCulture)).ToArray();
        Assert.Equal([230, 138, 92, 460, 0, 0], widths);
        Assert.Contains(svg.Descendants(), e => e.Value == "a < b");
        Assert.Contains(svg.Descendants(), e => e.Value == "age 12");
    }
}
