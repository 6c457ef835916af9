namespace HnmStreams.EndToEnd.Tests.Configuration;

/// <summary>The metrics of a service in OpenMetrics format, requested as Prometheus does.</summary>
internal sealed class MetricsPage
{
    // The suffixes that a sample adds to the name of its metric family.
    private static readonly string[] Suffixes = ["_total", "_bucket", "_count", "_sum"];

    private readonly HashSet<string> _samples = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _units = new(StringComparer.Ordinal);

    private MetricsPage(string text)
    {
        foreach (var line in text.Split('\n'))
        {
            var words = line.Split(' ', '{');
            if (line.StartsWith("# UNIT ", StringComparison.Ordinal))
                _units[words[2]] = words[3];
            else if (line.Length > 0 && line[0] != '#')
                _samples.Add(words[0]);
        }
    }

    public static async Task<MetricsPage> GetAsync(HttpClient http, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/metrics", UriKind.Relative));
        request.Headers.Add("Accept", "application/openmetrics-text; version=1.0.0");
        using var response = await http.SendAsync(request, cancellation);
        response.EnsureSuccessStatusCode();
        return new MetricsPage(await response.Content.ReadAsStringAsync(cancellation));
    }

    public bool Has(string name) => _samples.Contains(name);

    /// <summary>Returns <c>seconds</c>, <c>bytes</c>, or null for a metric without a unit (counts and shares).</summary>
    public string? UnitOf(string name) =>
        Suffixes.Select(suffix => name.EndsWith(suffix, StringComparison.Ordinal) ? name[..^suffix.Length] : name).Append(name)
            .Select(family => _units.GetValueOrDefault(family)).FirstOrDefault(unit => unit is not null);
}
