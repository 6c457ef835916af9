using HnmStreams.Web.Api.Responses;
using HnmStreams.Web.Formatting;
using HnmStreams.Web.Monitoring;
using HnmStreams.Web.Plots;

namespace HnmStreams.Web.Report;

/// <summary>The charts of a report. Pure.</summary>
internal static class ReportCharts
{
    private const string Mined = "#1f66c1", Random = "#c2570c", Compute = "#6d3fc4", Quiet = "#5b6778";

    /// <summary>Returns the metric, the loss and the throughput over the run as SVG elements.</summary>
    public static IReadOnlyList<string> Draw(HistoryResponse history, RecoveriesResponse recoveries)
    {
        if (history is not { Metric: { } metric, Points: { Count: > 1 } points })
            return [];
        var evaluations = points.DistinctBy(p => p.EvaluatedVersion).ToList();
        var curves = new SvgPlot($"{MetricName.Short(metric)} on held-out examples").WithAxes("seconds", MetricName.Short(metric), minimum: 0).WithLegend()
            .WithLine("prequential", Quiet, Points(evaluations, p => p.Prequential));
        if (points.Any(p => p.Random is not null))
        {
            curves.WithLine("random, equal steps", Random, Points(evaluations, p => p.Random))
                .WithLine("random, equal compute", Compute, Points(evaluations, p => p.RandomEqualCompute));
        }

        curves.WithLine("mined", Mined, Points(evaluations, p => p.HeldOut), markers: evaluations.Count < 60);
        foreach (var change in recoveries.Changes)
            curves.WithMark(change.AtSeconds, $"{change.Number}");
        return
        [
            curves.Draw(),
            new SvgPlot("Training loss").WithAxes("seconds", "loss").WithLine(null, Mined, Points(points, p => p.Loss)).Draw(380, 240),
            new SvgPlot("Throughput").WithAxes("seconds", "examples/s", minimum: 0).WithLine(null, Random, Points(points, p => p.ExamplesPerSecond)).Draw(380, 240),
        ];
    }

    private static IEnumerable<(double X, double Y)> Points(IEnumerable<RunPoint> points, Func<RunPoint, double?> value) =>
        points.Where(p => value(p) is { } y && double.IsFinite(y)).Select(p => (p.Seconds, value(p)!.Value));
}
