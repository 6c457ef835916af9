using System.Globalization;

namespace HnmStreams.Chaos.Soak;

/// <summary>A reader of single values in the Prometheus text exposition format.</summary>
internal static class PrometheusText
{
    /// <summary>Returns the sum over the series of a name, or 0 if none exists.</summary>
    /// <param name="label">The label that the series must have, as written in the text: <c>owner="ranking"</c>. Empty for all series.</param>
    public static double Sum(string text, string name, string label = "") => text
        .Split('\n')
        .Where(line => line.StartsWith(name, StringComparison.Ordinal) && line.Length > name.Length && line[name.Length] is ' ' or '{')
        .Where(line => line.Contains(label, StringComparison.Ordinal))
        .Sum(line => Value(line[(line.LastIndexOf('}') + 1)..].TrimStart()));

    // A line may end with a timestamp. Without labels, it starts with the name.
    private static double Value(string rest)
    {
        var fields = rest.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return double.Parse(char.IsLetter(fields[0][0]) && fields.Length > 1 ? fields[1] : fields[0], CultureInfo.InvariantCulture);
    }
}
