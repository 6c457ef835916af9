using System.Globalization;
using System.Net;
using System.Text;

namespace HnmStreams.Benchmarks.Policies;

/// <summary>The composition of each pool as bars in an SVG, readable on light and dark pages.</summary>
internal static class PolicyPlot
{
    private const int Left = 230, Width = 460, Row = 34, Top = 46;
    private static readonly (string Name, string Color, Func<PolicyShare, double> Of)[] Parts =
    [
        ("easy", "#8c9bab", s => s.Easy),
        ("look-alike", "#2f81c7", s => s.LookAlike),
        ("wrong label", "#d9480f", s => s.WrongLabel),
    ];

    public static string Draw(IReadOnlyList<PolicyShare> shares, int examples)
    {
        var svg = new StringBuilder();
        var height = Top + (shares.Count * Row) + 12;
        Line(svg, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Left + Width + 110} {height}\" font-family=\"sans-serif\" font-size=\"13\" role=\"img\">");
        Line(svg, $"<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/><text x=\"12\" y=\"18\" fill=\"#1c2733\">Contents of the pool under each policy after {examples:N0} synthetic images</text>");
        for (var part = 0; part < Parts.Length; part++)
        {
            var x = Left + (part * 110);
            Line(svg, $"<rect x=\"{x}\" y=\"26\" width=\"11\" height=\"11\" fill=\"{Parts[part].Color}\"/><text x=\"{x + 16}\" y=\"36\" fill=\"#1c2733\">{Parts[part].Name}</text>");
        }

        for (var row = 0; row < shares.Count; row++)
            DrawRow(svg, shares[row], Top + (row * Row));
        return svg.Append("</svg>\n").ToString();
    }

    private static void DrawRow(StringBuilder svg, PolicyShare share, int y)
    {
        Line(svg, $"<text x=\"{Left - 8}\" y=\"{y + 19}\" text-anchor=\"end\" fill=\"#1c2733\">{WebUtility.HtmlEncode(share.Policy)}</text>");
        double x = Left;
        foreach (var (name, color, of) in Parts)
        {
            var width = of(share) * Width;
            Line(svg, $"<rect x=\"{x:F1}\" y=\"{y + 4}\" width=\"{width:F1}\" height=\"22\" fill=\"{color}\"><title>{name} {of(share):P1}</title></rect>");
            if (width > 40)
                Line(svg, $"<text x=\"{x + (width / 2):F1}\" y=\"{y + 20}\" text-anchor=\"middle\" fill=\"#ffffff\">{of(share):P0}</text>");
            x += width;
        }

        Line(svg, $"<text x=\"{Left + Width + 8}\" y=\"{y + 19}\" fill=\"#1c2733\">age {share.MeanAge:F0}</text>");
    }

    private static void Line(StringBuilder svg, FormattableString text) => svg.Append(text.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
