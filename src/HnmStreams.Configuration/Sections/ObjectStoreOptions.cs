using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Configuration.Sections;

/// <summary>
/// An object store with the S3 API that keeps lease and checkpoints, so that learners on several machines share them. Off unless <c>bucket</c> is set.
/// Credentials come from the AWS SDK's usual chain (<c>AWS_ACCESS_KEY_ID</c>, profile, web identity, instance role), never from these settings.
/// </summary>
public sealed class ObjectStoreOptions : IValidatableObject
{
    /// <summary>The name of the bucket. If it is not set, the folder is the only place of the checkpoints.</summary>
    [RegularExpression("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")]
    public string? Bucket { get; set; }

    /// <summary>The prefix of all keys, without the slash at the end. One per learner. If it is not set, it is <c>hnm/</c> followed by the name of the consumer group.</summary>
    [RegularExpression("^[A-Za-z0-9._/-]{1,500}$")]
    public string? Prefix { get; set; }

    /// <summary>The URL of an S3-compatible store, for example <c>https://minio.example:9000</c>. If it is not set, the address is that of AWS in <c>region</c>. Use http only in a trusted network: it does not encrypt.</summary>
    public string? Endpoint { get; set; }

    /// <summary>The region. If it is not set, it comes from the AWS SDK's usual chain (<c>AWS_REGION</c>, profile), and is us-east-1 with <c>endpoint</c>.</summary>
    [RegularExpression("^[a-z0-9-]{1,50}$")]
    public string? Region { get; set; }

    /// <summary>Puts the bucket into the path of the URL instead of its host name. MinIO and Ceph usually need it.</summary>
    public bool PathStyle { get; set; }

    public bool IsSet => !string.IsNullOrWhiteSpace(Bucket);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Endpoint is not null && !(Uri.TryCreate(Endpoint, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri is { UserInfo: "", PathAndQuery: "/", Fragment: "" }))
            yield return new ValidationResult("must be an http or https URL of a host, without a path and without credentials", [nameof(Endpoint)]);
    }
}
