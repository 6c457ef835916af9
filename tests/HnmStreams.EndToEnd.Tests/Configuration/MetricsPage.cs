namespace HnmStreams.EndToEnd.Tests.Configuration;

/// <summary>What the service tells Prometheus of its metrics: OpenMetrics, as a scraper asks for it.</summary>
internal sealed class MetricsPage
{
    // What the suffix of a sample hides is its family's name.
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

    /// <summary><c>seconds</c>, <c>bytes</c>, or null for what has none: counts and shares.</summary>
    public string? UnitOf(string name) =>
        Suffixes.Select(suffix => name.EndsWith(suffix, StringComparison.Ordinal) ? name[..^suffix.Length] : name).Append(name)
            .Select(family => _units.GetValueOrDefault(family)).FirstOrDefault(unit => unit is not null);
}
