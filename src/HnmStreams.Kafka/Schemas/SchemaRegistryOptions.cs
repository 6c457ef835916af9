using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Kafka.Schemas;

/// <summary>The <c>wire.schemaRegistry</c> section: the registry whose schemas the records refer to (<c>wire.format</c> = <c>schemaRegistry</c>).</summary>
public sealed class SchemaRegistryOptions : IValidatableObject
{
    /// <summary>The URL of the registry, or several, separated by commas.</summary>
    public string? Url { get; set; }

    /// <summary>The user name for HTTP basic authentication. If it is not set, requests are not authenticated.</summary>
    public string? User { get; set; }

    /// <summary>The password for HTTP basic authentication. It is never printed.</summary>
    public string? Password { get; set; }

#pragma warning disable MA0016 // The configuration binder and object initializers both need the concrete class.
    /// <summary>Further settings of Confluent's client, for example <c>schema.registry.ssl.ca.location</c> or <c>schema.registry.bearer.auth.token</c>. The values are never logged.</summary>
    public Dictionary<string, string> Client { get; set; } = new(StringComparer.Ordinal);
#pragma warning restore MA0016

    /// <summary>The maximum time of a request.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:05:00")]
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The maximum number of requests at the same time. Every id that is not in memory is requested before its records are read, also one that does not
    /// exist, so a producer that sends random ids slows the stream to this number of records per round trip.
    /// </summary>
    [Range(1, 64)]
    public int MaxRequests { get; set; } = 8;

    /// <summary>
    /// The maximum time between two attempts while the registry is unavailable. The first retry comes after 100 ms, and each delay is twice the one before.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan MaxBackoff { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The maximum number of schemas in memory. If there are more, the one that was not used for the longest time is fetched again when it is needed.</summary>
    [Range(1, 100_000)]
    public int MaxSchemas { get; set; } = 1000;

    /// <summary>The maximum size of a schema with its references in characters. Records with a larger schema are dead-lettered.</summary>
    [Range(1024, 64 << 20)]
    public int MaxSchemaLength { get; set; } = 1 << 20;

    /// <summary>True if a record with a JSON schema must match it. Avro and protobuf records cannot be read without a match.</summary>
    public bool ValidateJson { get; set; } = true;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Url is not null && !Url.Split(',').All(IsHttp))
            yield return new ValidationResult("must be an http or https URL such as http://registry:8081, or several, separated by commas", [nameof(Url)]);
        if (User is null != Password is null)
            yield return new ValidationResult("must be set if wire.schemaRegistry.password is set, and the password if the user is", [nameof(User)]);
        if (User?.Contains(':', StringComparison.Ordinal) == true)
            yield return new ValidationResult("must not contain a colon, which separates user and password", [nameof(User)]);
    }

    private static bool IsHttp(string url) =>
        Uri.TryCreate(url.Trim(), UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps);
}
