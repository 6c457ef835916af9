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
    /// The host names that a request may carry in its Host header, separated by semicolons. If it is not set, only loopback names
    /// are allowed, or any name if <see cref="Urls"/> binds to all addresses. The check stops DNS rebinding, which loopback alone does not.
    /// </summary>
    public string? AllowedHosts { get; set; }

    public IReadOnlyList<string> Hosts => AllowedHosts is { } given
        ? given.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        : Addresses.Any(a => a.Contains("//*", StringComparison.Ordinal) || a.Contains("//+", StringComparison.Ordinal) || a.Contains("//0.0.0.0", StringComparison.Ordinal) || a.Contains("//[::]", StringComparison.Ordinal))
            ? ["*"]
            : ["localhost", "127.0.0.1", "[::1]", .. Addresses.Select(a => new Uri(a).Host)];

    public bool IsOff => Urls.Trim().Equals(Off, StringComparison.OrdinalIgnoreCase);

    public IReadOnlyList<string> Addresses =>
        IsOff ? [] : Urls.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        var valid = IsOff || (Addresses.Count > 0 && Addresses.All(IsAddress));
        if (!valid)
            yield return new ValidationResult("must be off or addresses such as http://127.0.0.1:8088, separated by semicolons; port 0 takes any free port", [nameof(Urls)]);
    }

    // Kestrel accepts wildcards (http://*:80), which are not valid URIs.
    private static bool IsAddress(string text) =>
        Uri.TryCreate(text.Replace("//*", "//any", StringComparison.Ordinal).Replace("//+", "//any", StringComparison.Ordinal), UriKind.Absolute, out var uri)
        && uri.Scheme == Uri.UriSchemeHttp && uri.PathAndQuery == "/";
}
