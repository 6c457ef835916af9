using System.Globalization;

namespace HnmStreams.Chaos.Soak;

/// <summary>Reads single figures from what <c>/metrics</c> says (Prometheus text exposition format).</summary>
internal static class PrometheusText
{
    /// <summary>Sum over the series of one name, those with a label alone where one is given; 0 where there is none.</summary>
    /// <param name="label">As it is written: <c>owner="ranking"</c>.</param>
    public static double Sum(string text, string name, string label = "") => text
        .Split('\n')
        .Where(line => line.StartsWith(name, StringComparison.Ordinal) && line.Length > name.Length && line[name.Length] is ' ' or '{')
        .Where(line => line.Contains(label, StringComparison.Ordinal))
        .Sum(line => Value(line[(line.LastIndexOf('}') + 1)..].TrimStart()));

    // A sample may end in a time stamp; a series without labels begins with its name.
    private static double Value(string rest)
    {
        var fields = rest.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return double.Parse(char.IsLetter(fields[0][0]) && fields.Length > 1 ? fields[1] : fields[0], CultureInfo.InvariantCulture);
    }
}
