using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Host.Endpoints;

/// <summary>Where the pages are served.</summary>
public sealed class HttpOptions : IValidatableObject
{
    /// <summary>The word for no pages at all.</summary>
    public const string Off = "off";

    /// <summary>Addresses, separated by semicolons; port 0 is any free one; <c>off</c> serves nothing. Loopback unless told otherwise: the pages ask for no password.</summary>
    [Required]
    public string Urls { get; set; } = "http://127.0.0.1:8088";

    internal bool IsOff => Urls.Trim().Equals(Off, StringComparison.OrdinalIgnoreCase);

    internal IReadOnlyList<string> Addresses =>
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
