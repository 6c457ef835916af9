using System.Text.Json;
using System.Text.RegularExpressions;

namespace HnmStreams.EndToEnd.Tests.Configuration;

/// <summary>An expression over metrics in a dashboard panel or an alert rule.</summary>
/// <param name="Where">The dashboard and the panel, or the file of the rules.</param>
/// <param name="Expression">The expression with Grafana's variables replaced.</param>
/// <param name="Unit">The panel's unit as Grafana names it; null for a rule.</param>
internal sealed partial record WatchedSeries(string Where, string Expression, string? Unit)
{
    /// <summary>The distinct metric names in the expression.</summary>
    public IReadOnlyList<string> Names =>
        [.. Name().Matches(Labels().Replace(Expression, "")).Select(m => m.Value).Distinct(StringComparer.Ordinal)];

    public override string ToString() => $"{Where}: {Expression}";

    /// <summary>Returns the expressions of all Prometheus panels.</summary>
    public static IReadOnlyList<WatchedSeries> OfDashboards()
    {
        var found = new List<WatchedSeries>();
        foreach (var path in Directory.GetFiles(Repository.File("config", "grafana", "dashboards"), "*.json").Order(StringComparer.Ordinal))
        {
            using var dashboard = JsonDocument.Parse(File.ReadAllText(path));
            foreach (var panel in dashboard.RootElement.GetProperty("panels").EnumerateArray())
            {
                if (panel.GetProperty("datasource").GetProperty("type").GetString() != "prometheus")
                    continue;
                var where = $"{Path.GetFileNameWithoutExtension(path)}, '{panel.GetProperty("title").GetString()}'";
                var unit = panel.GetProperty("fieldConfig").GetProperty("defaults").GetProperty("unit").GetString();
                found.AddRange(panel.GetProperty("targets").EnumerateArray().Select(target => new WatchedSeries(where, ReplaceVariables(target.GetProperty("expr").GetString()!), unit)));
            }
        }

        return found;
    }

    /// <summary>Returns the expressions of the alert rules.</summary>
    public static IReadOnlyList<WatchedSeries> OfAlerts() =>
        [.. File.ReadLines(Repository.File("config", "alerts.yml"))
            .Select(line => line.Trim())
            .Where(line => line.StartsWith("expr: ", StringComparison.Ordinal))
            .Select(line => new WatchedSeries("alerts.yml", line["expr: ".Length..], null))];

    private static string ReplaceVariables(string expression) =>
        expression.Replace("$__rate_interval", "1m", StringComparison.Ordinal).Replace("$instance", ".*", StringComparison.Ordinal);

    // Label selectors and groupings are not metric names.
    [GeneratedRegex(@"\{[^}]*\}|by \([^)]*\)", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Labels();

    [GeneratedRegex(@"\b(?:hnm|dotnet|http)_[a-z0-9_]+", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Name();
}
