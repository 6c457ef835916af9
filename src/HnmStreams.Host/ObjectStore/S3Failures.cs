using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using HnmStreams.Pipeline.Checkpointing;

namespace HnmStreams.Host.ObjectStore;

/// <summary>The failures of the S3 client as errors with the setting and the remedy. No message contains a credential.</summary>
internal sealed class S3Failures(string bucket, string endpoint)
{
    private const string Credentials =
        "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile, or the role of this machine or service account.";

    /// <summary>Returns true for failures of the store or of the connection. A cancellation by the caller does not count.</summary>
    public static bool IsFailure(Exception e, CancellationToken cancellationToken) => e switch
    {
        InvalidDataException or CheckpointArchiveException => false,
        AmazonServiceException or AmazonClientException or HttpRequestException or IOException => !cancellationToken.IsCancellationRequested,
        OperationCanceledException => !cancellationToken.IsCancellationRequested,
        _ => false,
    };

    public static CheckpointArchiveException NotConfigured(Exception e) =>
        new($"The object store of 'checkpoints.objectStore' cannot be used: {Text(e)}. Set 'checkpoints.objectStore.region' (or AWS_REGION), or 'checkpoints.objectStore.endpoint'.", e);

    public CheckpointArchiveException Of(Exception e, string permission, string address) => new(
        e switch
        {
            AmazonS3Exception { ErrorCode: "NoSuchBucket" } =>
                $"'checkpoints.objectStore.bucket' must be an existing bucket but is '{bucket}' ({endpoint} has none of this name). Create it, or correct the name.",
            AmazonServiceException { StatusCode: HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized } refused =>
                $"{address} was refused by {endpoint} ({refused.ErrorCode}: {Text(e)}). Allow {permission} on the bucket '{bucket}' for the credentials of this process, and check its clock.",
            AmazonServiceException answered when answered.StatusCode != default =>
                $"{address} was refused by {endpoint} with status {(int)answered.StatusCode} ({answered.ErrorCode}: {Text(e)}). Check 'checkpoints.objectStore' and the store's log.",
            AmazonClientException when e is not AmazonServiceException && e.Message.Contains("credentials", StringComparison.OrdinalIgnoreCase) =>
                $"No credentials for {address} were found: {Text(e)}. {Credentials}",
            OperationCanceledException => $"{address}: {endpoint} did not answer in time. Check 'checkpoints.objectStore.endpoint' and the network.",
            _ => $"{address}: {endpoint} cannot be reached: {Text(e)}. Check 'checkpoints.objectStore.endpoint' and the network.",
        },
        e);

    private static string Text(Exception e) => e.Message.Trim().TrimEnd('.');
}
