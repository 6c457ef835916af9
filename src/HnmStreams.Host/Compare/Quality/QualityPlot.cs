using System.Globalization;
using System.Net;
using System.Text;

namespace HnmStreams.Host.Compare.Quality;

/// <summary>
/// The curves of a comparison as SVG: the metric against the rows trained on (logarithmic), with a band of one standard
/// deviation. Written directly, because plotting libraries that rasterize draw no text on machines without fonts.
/// </summary>
internal static class QualityPlot
{
    private const int Left = 64, Top = 46, Width = 560, Height = 300, Right = 130, Bottom = 56;

    private static readonly Dictionary<string, string> Colors = new(StringComparer.Ordinal)
    {
        [QualityMethod.Uniform] = "#6b7785",
        [QualityMethod.Focal] = "#9a5fb5",
        [QualityMethod.Random] = "#d9822b",
        [QualityMethod.Mined] = "#2f81c7",
    };

    public static string Draw(QualityReport report)
    {
        var points = report.Methods.Values.SelectMany(m => m.Points).Where(p => double.IsFinite(p.Mean)).ToArray();
        var axes = Axes.Around(points);
        var svg = new StringBuilder();
        Line(svg, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Left + Width + Right} {Top + Height + Bottom}\" font-family=\"sans-serif\" font-size=\"13\" role=\"img\">");
        Line(svg, $"<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>");
        Line(svg, $"<text x=\"12\" y=\"20\" fill=\"#1c2733\">{Text(report.Task)}: {Text(report.Metric)} on the test set, {report.Seeds} seeds</text>");
        DrawGrid(svg, axes);
        foreach (var (name, method) in report.Methods)
            DrawCurve(svg, axes, name, [.. method.Points.Where(p => double.IsFinite(p.Mean))]);
        DrawLegend(svg, report);
        return svg.Append("</svg>\n").ToString();
    }

    private static void DrawGrid(StringBuilder svg, Axes axes)
    {
        for (var power = (int)Math.Floor(axes.FromPower); power <= Math.Ceiling(axes.ToPower); power++)
        {
            if (power < axes.FromPower || power > axes.ToPower)
                continue;
            var x = axes.X(Math.Pow(10, power));
            Line(svg, $"<line x1=\"{x:F1}\" y1=\"{Top}\" x2=\"{x:F1}\" y2=\"{Top + Height}\" stroke=\"#dfe4ea\"/><text x=\"{x:F1}\" y=\"{Top + Height + 20}\" text-anchor=\"middle\" fill=\"#1c2733\">{Math.Pow(10, power):N0}</text>");
        }

        for (var tick = Math.Ceiling(axes.Low / axes.Tick) * axes.Tick; tick <= axes.High + 1e-9; tick += axes.Tick)
        {
            var y = axes.Y(tick);
            Line(svg, $"<line x1=\"{Left}\" y1=\"{y:F1}\" x2=\"{Left + Width}\" y2=\"{y:F1}\" stroke=\"#dfe4ea\"/><text x=\"{Left - 8}\" y=\"{y + 4:F1}\" text-anchor=\"end\" fill=\"#1c2733\">{tick:0.###}</text>");
        }

        Line(svg, $"<text x=\"{Left + (Width / 2)}\" y=\"{Top + Height + 44}\" text-anchor=\"middle\" fill=\"#1c2733\">examples trained on</text>");
    }

    private static void DrawCurve(StringBuilder svg, Axes axes, string name, IReadOnlyList<QualityPoint> points)
    {
        var color = Colors.GetValueOrDefault(name, "#333333");
        string At(double rows, double value) => string.Create(CultureInfo.InvariantCulture, $"{axes.X(rows):F1},{axes.Y(value):F1}");
        var upper = points.Select(p => At(p.LossTerms, p.Mean + p.Sd));
        var lower = points.Reverse().Select(p => At(p.LossTerms, p.Mean - p.Sd));
        Line(svg, $"<polygon points=\"{string.Join(' ', upper.Concat(lower))}\" fill=\"{color}\" fill-opacity=\"0.15\"/>");
        Line(svg, $"<polyline points=\"{string.Join(' ', points.Select(p => At(p.LossTerms, p.Mean)))}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"2\"/>");
        foreach (var p in points)
            Line(svg, $"<circle cx=\"{axes.X(p.LossTerms):F1}\" cy=\"{axes.Y(p.Mean):F1}\" r=\"3\" fill=\"{color}\"><title>{name}: {p.Mean:F4} after {p.LossTerms:N0}, {p.Seconds:F1} s</title></circle>");
    }

    private static void DrawLegend(StringBuilder svg, QualityReport report)
    {
        var y = Top + 12;
        foreach (var name in report.Methods.Keys)
        {
            Line(svg, $"<rect x=\"{Left + Width + 16}\" y=\"{y - 10}\" width=\"11\" height=\"11\" fill=\"{Colors.GetValueOrDefault(name, "#333333")}\"/><text x=\"{Left + Width + 33}\" y=\"{y}\" fill=\"#1c2733\">{Text(name)}</text>");
            y += 22;
        }
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);

    private static void Line(StringBuilder svg, FormattableString text) => svg.Append(text.ToString(CultureInfo.InvariantCulture)).Append('\n');

    /// <summary>The visible part of the plane, and its mapping to pixels.</summary>
    private readonly record struct Axes(double FromPower, double ToPower, double Low, double High, double Tick)
    {
        public static Axes Around(QualityPoint[] points)
        {
            if (points.Length == 0)
                return new(0, 1, 0, 1, 0.2);
            var from = Math.Log10(Math.Max(1, points.Min(p => p.LossTerms)));
            var to = Math.Log10(Math.Max(1, points.Max(p => p.LossTerms)));
            var (low, high) = (points.Min(p => p.Mean - p.Sd), points.Max(p => p.Mean + p.Sd));
            var tick = (high - low) switch { > 0.5 => 0.1, > 0.2 => 0.05, > 0.08 => 0.02, > 0.03 => 0.01, _ => 0.005 };
            return new(from - 0.1, Math.Max(to, from + 0.5) + 0.1, low - (tick / 2), high + (tick / 2), tick);
        }

        public double X(double rows) => Left + ((Math.Log10(Math.Max(1, rows)) - FromPower) / (ToPower - FromPower) * Width);

        public double Y(double value) => Top + ((High - value) / (High - Low) * Height);
    }
}
