using HnmStreams.Web.Formatting;
using HnmStreams.Web.Plots;

namespace HnmStreams.Host.Compare.Quality;

/// <summary>The curves of a comparison as SVG: the metric against the rows trained on (logarithmic), with a band of one standard deviation.</summary>
internal static class QualityPlot
{
    private static readonly Dictionary<string, string> Colors = new(StringComparer.Ordinal)
    {
        [QualityMethod.Uniform] = "#6b7785",
        [QualityMethod.Focal] = "#9a5fb5",
        [QualityMethod.Random] = "#d9822b",
        [QualityMethod.Mined] = "#2f81c7",
    };

    public static string Draw(QualityReport report)
    {
        var plot = new SvgPlot($"{report.Task}: {report.Metric} on the test set, {report.Seeds} seeds").WithAxes("examples trained on", MetricName.Short(report.Metric), logarithmic: true).WithLegend();
        foreach (var (name, method) in report.Methods)
        {
            var color = Colors.GetValueOrDefault(name, "#333333");
            var points = method.Points.Where(p => double.IsFinite(p.Mean)).ToList();
            plot.WithBand(color, points.Select(p => (X(p), p.Mean - p.Sd, p.Mean + p.Sd))).WithLine(name, color, points.Select(p => (X(p), p.Mean)), markers: true);
        }

        return plot.Draw() + "\n";
    }

    // A logarithmic axis has no place for 0.
    private static double X(QualityPoint point) => Math.Max(1, point.LossTerms);
}
