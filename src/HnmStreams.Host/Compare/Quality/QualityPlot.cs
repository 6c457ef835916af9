using HnmStreams.Web.Formatting;
using HnmStreams.Web.Plots;

namespace HnmStreams.Host.Compare.Quality;

/// <summary>The curves of a comparison as SVG: the metric against the cost (logarithmic), with a band of one standard deviation.</summary>
internal static class QualityPlot
{
    // A logarithmic axis has no place for 0.
    private const double MinSeconds = 0.001;

    private static readonly Dictionary<string, string> Colors = new(StringComparer.Ordinal)
    {
        [QualityMethod.Uniform] = "#6b7785",
        [QualityMethod.Focal] = "#9a5fb5",
        [QualityMethod.Random] = "#d9822b",
        [QualityMethod.Mined] = "#2f81c7",
    };

    /// <summary>The costs that the horizontal axis can show: the rows trained on, or the seconds of encoding, scoring, ranking and training.</summary>
    public const string Examples = "examples", Seconds = "seconds";

    /// <param name="axis"><see cref="Examples"/> or <see cref="Seconds"/>.</param>
    public static string Draw(QualityReport report, string axis = Examples)
    {
        var (title, cost) = axis == Seconds ? ("seconds of scoring, ranking and training", (Func<QualityPoint, double>)(static p => Math.Max(MinSeconds, p.Seconds))) : ("examples trained on", static p => Math.Max(1, p.LossTerms));
        var plot = new SvgPlot($"{report.Task}: {report.Metric} on the test set, {report.Seeds} seeds").WithAxes(title, MetricName.Short(report.Metric), logarithmic: true).WithLegend();
        foreach (var (name, method) in report.Methods)
        {
            var color = Colors.GetValueOrDefault(name, "#333333");
            var points = method.Points.Where(p => double.IsFinite(p.Mean)).ToList();
            plot.WithBand(color, points.Select(p => (cost(p), p.Mean - p.Sd, p.Mean + p.Sd))).WithLine(name, color, points.Select(p => (cost(p), p.Mean)), markers: true);
        }

        return plot.Draw() + "\n";
    }
}
