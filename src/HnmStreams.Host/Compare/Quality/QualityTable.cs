using System.Globalization;

namespace HnmStreams.Host.Compare.Quality;

/// <summary>The table of costs at the end of a comparison. Pure.</summary>
internal static class QualityTable
{
    /// <summary>Returns the lines: the mean metric over the run and the cost to reach each share of uniform's best.</summary>
    public static IEnumerable<string> Lines(QualityReport report)
    {
        foreach (var (name, method) in report.Methods)
        {
            var difference = name == QualityMethod.Mined || !report.Methods.TryGetValue(QualityMethod.Mined, out var mined) ? null : QualityArea.Difference(mined.Points, method.Points);
            yield return Text($"{name,-8} mean over the run {method.Area:F4}") + (difference is { } d ? Text($"; mined is {d.Mean:+0.0000;-0.0000} [{d.Mean - d.HalfWidth:+0.0000;-0.0000}, {d.Mean + d.HalfWidth:+0.0000;-0.0000}]") : "");
            foreach (var cost in report.Costs[name])
                yield return Text($"{name,-8} {cost.Share:P0} of uniform's best ({report.UniformBest:F4}) ") + (cost is { Steps: { } steps, LossTerms: { } rows, Seconds: { } seconds } ? Text($"after {steps:N0} steps, {rows:N0} trained, {seconds:F1} s") : "is not reached");
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
