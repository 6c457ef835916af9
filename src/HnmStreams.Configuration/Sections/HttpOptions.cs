using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Configuration.Sections;

/// <summary>The page, the API, the health checks and the metrics endpoint.</summary>
public sealed class HttpOptions : IValidatableObject
{
    /// <summary>The value that turns the HTTP server off.</summary>
    public const string Off = "off";

    /// <summary>The addresses to listen on, separated by semicolons. Port 0 takes any free port; <c>off</c> turns the server off. The default is loopback only, since reading requires no password.</summary>
    [Required]
    public string Urls { get; set; } = "http://127.0.0.1:8088";

    /// <summary>The bearer token that operations require (checkpoint, pause, resume, verdicts). If it is not set, operations are turned off. Set it by the environment variable <c>HNM__HTTP__TOKEN</c> to keep it out of files.</summary>
    [MinLength(16)]
    public string? Token { get; set; }

    /// <summary>
    /// The host names that a request may carry in its Host header, separated by semicolons; <c>*</c> allows any. If it is not set, only
    /// loopback names, the name of this machine and the hosts in <see cref="Urls"/> are allowed, also if those bind to all addresses.
    /// The check stops DNS rebinding, which loopback alone does not.
    /// </summary>
    public string? AllowedHosts { get; set; }

    /// <summary>The maximum number of open connections. Each takes at most 0.3 MiB.</summary>
    [Range(8, 65_536)]
    public int MaxConnections { get; set; } = 512;

    /// <summary>The maximum number of scoring requests in progress; further ones are answered with 429. Each takes at most 64 MiB.</summary>
    [Range(1, 1_024)]
    public int MaxScoreRequests { get; set; } = 4;

    /// <summary>The maximum number of downloads of the model in progress; further ones are answered with 429.</summary>
    [Range(1, 1_024)]
    public int MaxDownloads { get; set; } = 8;

    /// <summary>The maximum number of open pages. Each takes about 1 MiB.</summary>
    [Range(1, 10_000)]
    public int MaxCircuits { get; set; } = 32;

    public IReadOnlyList<string> Hosts => AllowedHosts is { } given
        ? given.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        : [.. new[] { "localhost", "127.0.0.1", "[::1]", Environment.MachineName }
            .Concat(Addresses.Where(a => !IsWildcard(a)).Select(a => new Uri(a).Host))
            .Where(h => h.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase)];

    public bool IsOff => Urls.Trim().Equals(Off, StringComparison.OrdinalIgnoreCase);

    public IReadOnlyList<string> Addresses =>
        IsOff ? [] : Urls.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        var valid = IsOff || (Addresses.Count > 0 && Addresses.All(IsAddress));
        if (AllowedHosts is not null && Hosts.Count == 0)
            yield return new ValidationResult("must be host names separated by semicolons, or * for any; remove it to allow the names of this machine", [nameof(AllowedHosts)]);
        if (!valid)
            yield return new ValidationResult("must be off or addresses such as http://127.0.0.1:8088, separated by semicolons; port 0 takes any free port", [nameof(Urls)]);
    }

    private static bool IsWildcard(string address) =>
        address.Contains("//*", StringComparison.Ordinal) || address.Contains("//+", StringComparison.Ordinal)
        || address.Contains("//0.0.0.0", StringComparison.Ordinal) || address.Contains("//[::]", StringComparison.Ordinal);

    // Kestrel accepts wildcards (http://*:80), which are not valid URIs.
    private static bool IsAddress(string text) =>
        Uri.TryCreate(text.Replace("//*", "//any", StringComparison.Ordinal).Replace("//+", "//any", StringComparison.Ordinal), UriKind.Absolute, out var uri)
        && uri.Scheme == Uri.UriSchemeHttp && uri.PathAndQuery == "/";
}
