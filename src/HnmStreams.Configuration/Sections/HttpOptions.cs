using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Configuration.Sections;

/// <summary>Where the pages are served.</summary>
public sealed class HttpOptions : IValidatableObject
{
    /// <summary>The word for no pages at all.</summary>
    public const string Off = "off";

    /// <summary>Addresses, separated by semicolons; port 0 is any free one; <c>off</c> serves nothing. Loopback unless told otherwise: the pages ask for no password.</summary>
    [Required]
    public string Urls { get; set; } = "http://127.0.0.1:8088";

    /// <summary>What <c>Authorization: Bearer …</c> must say to change anything (checkpoint, pause, resume); null allows nobody to. Best given by the environment: HNM_HTTP__TOKEN.</summary>
    [MinLength(16)]
    public string? Token { get; set; }

    /// <summary>
    /// Names, separated by semicolons, that a request's Host header may have; null is this machine's loopback names, or any
    /// where <see cref="Urls"/> binds to all addresses. Loopback alone would not stop a web page whose name is made to point here.
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
            yield return new ValidationResult("allowed is off, or addresses such as http://127.0.0.1:8088 (port 0: any free one), separated by semicolons", [nameof(Urls)]);
    }

    // Kestrel knows wildcards (http://*:80) that are no URIs.
    private static bool IsAddress(string text) =>
        Uri.TryCreate(text.Replace("//*", "//any", StringComparison.Ordinal).Replace("//+", "//any", StringComparison.Ordinal), UriKind.Absolute, out var uri)
        && uri.Scheme == Uri.UriSchemeHttp && uri.PathAndQuery == "/";
}
