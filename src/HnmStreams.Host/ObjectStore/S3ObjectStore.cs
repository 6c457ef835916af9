using System.Net;
using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using HnmStreams.Configuration.Sections;
using HnmStreams.Pipeline.Checkpointing;
using HnmStreams.Pipeline.Checkpointing.ObjectStore;

namespace HnmStreams.Host.ObjectStore;

/// <summary>A bucket of a store with the S3 API. Conditional writes use If-Match and If-None-Match.</summary>
/// <remarks>Thread-safe. The SDK retries failed requests itself, except for the body of a download.</remarks>
internal sealed class S3ObjectStore : IObjectStore, IDisposable
{
    private const int MaxDownloadAttempts = 3;
    private const string DefaultRegion = "us-east-1";
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);
    private readonly AmazonS3Client _client;
    private readonly string _bucket;
    private readonly string _prefix;
    private readonly S3Failures _failures;

    private S3ObjectStore(AmazonS3Client client, string bucket, string prefix)
    {
        (_client, _bucket, _prefix) = (client, bucket, prefix);
        _failures = new S3Failures(bucket, client.Config.ServiceURL ?? "AWS");
    }

    public string Location => $"s3://{_bucket}/{_prefix}";

    /// <param name="group">The consumer group, which names the prefix if none is set.</param>
    /// <exception cref="CheckpointArchiveException">No region is set.</exception>
    public static S3ObjectStore Create(ObjectStoreOptions options, string group)
    {
        var config = new AmazonS3Config
        {
            ForcePathStyle = options.PathStyle,
            Timeout = RequestTimeout,
            ConnectTimeout = ConnectTimeout,
            RetryMode = RequestRetryMode.Standard,
            // Not every compatible store knows the newer checksums. Checkpoints have their own, and the SHA-256 of each body is signed.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        if (options.Endpoint is { } endpoint)
        {
            config.ServiceURL = endpoint;
            config.AuthenticationRegion = options.Region ?? DefaultRegion;
        }
        else if (options.Region is { } region)
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
        }

        var prefix = (options.Prefix ?? $"hnm/{Uri.EscapeDataString(group)}").Trim('/');
        try
        {
            return new S3ObjectStore(new AmazonS3Client(config), options.Bucket!, prefix.Length == 0 ? "" : prefix + "/");
        }
        catch (AmazonClientException e)
        {
            throw S3Failures.NotConfigured(e);
        }
    }

    public Task<StoredObject?> ReadAsync(string key, int maxBytes, CancellationToken cancellationToken) => GuardAsync<StoredObject?>("s3:GetObject", key, async () =>
    {
        try
        {
            using var response = await _client.GetObjectAsync(new GetObjectRequest { BucketName = _bucket, Key = _prefix + key }, cancellationToken);
            if (response.ContentLength > maxBytes)
                throw new InvalidDataException($"it must have at most {maxBytes} bytes but has {response.ContentLength}");
            using var content = new MemoryStream();
            await response.ResponseStream.CopyToAsync(content, cancellationToken);
            return new StoredObject(content.ToArray(), response.ETag);
        }
        catch (AmazonS3Exception e) when (IsMissing(e))
        {
            return null;
        }
    }, cancellationToken);

    public Task<string?> TryWriteAsync(string key, ReadOnlyMemory<byte> content, string? etag, CancellationToken cancellationToken) => GuardAsync("s3:PutObject", key, async () =>
    {
        using var stream = new MemoryStream(content.ToArray(), writable: false);
        var request = Put(key, stream);
        if (etag is null)
            request.IfNoneMatch = "*";
        else
            request.IfMatch = etag;
        try
        {
            return (await _client.PutObjectAsync(request, cancellationToken)).ETag;
        }
        catch (AmazonS3Exception e) when (e.StatusCode is HttpStatusCode.PreconditionFailed or HttpStatusCode.Conflict || IsMissing(e))
        {
            // 412: the condition does not hold. 409: another conditional write was under way. 404: If-Match, and there is no object.
            return null;
        }
    }, cancellationToken);

    public Task UploadAsync(string key, Stream content, CancellationToken cancellationToken) => GuardAsync("s3:PutObject", key, async () =>
        await _client.PutObjectAsync(Put(key, content), cancellationToken), cancellationToken);

    public async Task<bool> DownloadAsync(string key, Stream target, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        var start = target.Position;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await GuardAsync("s3:GetObject", key, async () =>
                {
                    target.SetLength(start);
                    using var response = await _client.GetObjectAsync(new GetObjectRequest { BucketName = _bucket, Key = _prefix + key }, cancellationToken);
                    await response.ResponseStream.CopyToAsync(target, cancellationToken);
                    return true;
                }, cancellationToken);
            }
            catch (CheckpointArchiveException e) when (e.InnerException is AmazonS3Exception missing && IsMissing(missing))
            {
                return false;
            }
            catch (CheckpointArchiveException e) when (attempt < MaxDownloadAttempts && e.InnerException is HttpRequestException or IOException)
            {
                // The connection ended in the middle of the body.
                target.Position = start;
            }
        }
    }

    public Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancellationToken) => GuardAsync<IReadOnlyList<string>>("s3:ListBucket", prefix, async () =>
    {
        var keys = new List<string>();
        var request = new ListObjectsV2Request { BucketName = _bucket, Prefix = _prefix + prefix };
        ListObjectsV2Response page;
        do
        {
            page = await _client.ListObjectsV2Async(request, cancellationToken);
            keys.AddRange((page.S3Objects ?? []).Select(o => o.Key[_prefix.Length..]));
            request.ContinuationToken = page.NextContinuationToken;
        }
        while (page.IsTruncated == true);
        return keys;
    }, cancellationToken);

    public Task DeleteAsync(string key, CancellationToken cancellationToken) => GuardAsync("s3:DeleteObject", key, async () =>
        await _client.DeleteObjectAsync(new DeleteObjectRequest { BucketName = _bucket, Key = _prefix + key }, cancellationToken), cancellationToken);

    public void Dispose() => _client.Dispose();

    // Without chunked encoding, so that the signature covers the SHA-256 of the whole body and the store refuses a torn one.
    private PutObjectRequest Put(string key, Stream content) => new()
    {
        BucketName = _bucket,
        Key = _prefix + key,
        InputStream = content,
        AutoCloseStream = false,
        UseChunkEncoding = false,
        DisablePayloadSigning = false,
        ContentType = "application/octet-stream",
    };

    private static bool IsMissing(AmazonS3Exception e) => e.StatusCode == HttpStatusCode.NotFound && !string.Equals(e.ErrorCode, "NoSuchBucket", StringComparison.Ordinal);

    private async Task<T> GuardAsync<T>(string permission, string key, Func<Task<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await call();
        }
        catch (Exception e) when (S3Failures.IsFailure(e, cancellationToken))
        {
            throw _failures.Of(e, permission, Location + key);
        }
    }
}
