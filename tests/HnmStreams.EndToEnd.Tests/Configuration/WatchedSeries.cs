using System.Text.Json;
using System.Text.RegularExpressions;

namespace HnmStreams.EndToEnd.Tests.Configuration;

/// <summary>An expression over metrics that somebody looks at.</summary>
/// <param name="Where">Board and panel, or the rules.</param>
/// <param name="Expression">With Grafana's variables filled in.</param>
/// <param name="Unit">Grafana's name of the panel's unit; null for a rule.</param>
internal sealed partial record WatchedSeries(string Where, string Expression, string? Unit)
{
    /// <summary>Names of all series in it.</summary>
    public IReadOnlyList<string> Names =>
        [.. Name().Matches(NotNames().Replace(Expression, "")).Select(m => m.Value).Distinct(StringComparer.Ordinal)];

    public override string ToString() => $"{Where}: {Expression}";

    /// <summary>Every panel's targets.</summary>
    public static IReadOnlyList<WatchedSeries> OfDashboards()
    {
        var found = new List<WatchedSeries>();
        foreach (var path in Directory.GetFiles(Repository.File("config", "grafana", "dashboards"), "*.json").Order(StringComparer.Ordinal))
        {
            using var board = JsonDocument.Parse(File.ReadAllText(path));
            foreach (var panel in board.RootElement.GetProperty("panels").EnumerateArray())
            {
                if (panel.GetProperty("datasource").GetProperty("type").GetString() != "prometheus")
                    continue;
                var where = $"{Path.GetFileNameWithoutExtension(path)}, '{panel.GetProperty("title").GetString()}'";
                var unit = panel.GetProperty("fieldConfig").GetProperty("defaults").GetProperty("unit").GetString();
                found.AddRange(panel.GetProperty("targets").EnumerateArray().Select(target => new WatchedSeries(where, Filled(target.GetProperty("expr").GetString()!), unit)));
            }
        }

        return found;
    }

    /// <summary>The rules for alerts.</summary>
    public static IReadOnlyList<WatchedSeries> OfAlerts() =>
        [.. File.ReadLines(Repository.File("config", "alerts.yml"))
            .Select(line => line.Trim())
            .Where(line => line.StartsWith("expr: ", StringComparison.Ordinal))
            .Select(line => new WatchedSeries("alerts.yml", line["expr: ".Length..], null))];

    private static string Filled(string expression) =>
        expression.Replace("$__rate_interval", "1m", StringComparison.Ordinal).Replace("$instance", ".*", StringComparison.Ordinal);

    // Labels are no series, whether they select or group.
    [GeneratedRegex(@"\{[^}]*\}|by \([^)]*\)", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex NotNames();

    [GeneratedRegex(@"\b(?:hnm|dotnet|http)_[a-z0-9_]+", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Name();
}
