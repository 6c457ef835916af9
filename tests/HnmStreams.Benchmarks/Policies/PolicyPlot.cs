using System.Globalization;
using HnmStreams.Web.Plots;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace HnmStreams.Benchmarks.Policies;

/// <summary>The composition of each pool as stacked bars in an SVG.</summary>
internal static class PolicyPlot
{
    private static readonly (string Name, string Color, Func<PolicyShare, double> Of)[] Parts =
    [
        ("easy", "#8c9bab", s => s.Easy),
        ("look-alike", "#2f81c7", s => s.LookAlike),
        ("wrong label", "#d9480f", s => s.WrongLabel),
    ];

    public static string Draw(IReadOnlyList<PolicyShare> shares, int examples)
    {
        var plot = new SvgPlot(string.Create(CultureInfo.InvariantCulture, $"Contents of the pool under each policy after {examples:N0} synthetic images")).WithLegend();
        // The first category of a vertical axis is at the bottom.
        var labels = new CategoryAxis { Position = AxisPosition.Left, GapWidth = 0.3, StartPosition = 1, EndPosition = 0 };
        labels.Labels.AddRange(shares.Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.Policy} (age {s.MeanAge:F0})")));
        plot.Model.Axes.Add(labels);
        plot.Model.Axes.Add(new LinearAxis { Position = AxisPosition.Bottom, Minimum = 0, Maximum = 1, StringFormat = "0 %", MajorGridlineStyle = LineStyle.Solid, MajorGridlineColor = OxyColor.Parse("#dfe4ea") });
        foreach (var (name, color, of) in Parts)
        {
            var bars = new BarSeries { Title = name, FillColor = OxyColor.Parse(color), IsStacked = true };
            bars.Items.AddRange(shares.Select(s => new BarItem(of(s))));
            plot.Model.Series.Add(bars);
        }

        return plot.Draw(820, 90 + (36 * shares.Count)) + "\n";
    }
}
