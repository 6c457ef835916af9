using System.Text;
using HnmStreams.Configuration.Sections;
using HnmStreams.Host.ObjectStore;
using HnmStreams.Pipeline.Checkpointing;

namespace HnmStreams.Host.Tests.ObjectStore;

public sealed class S3ObjectStoreTests : IAsyncLifetime
{
    private S3Server _server = null!;
    private S3ObjectStore _store = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await S3Server.StartAsync();
        _store = Store(o => { });
    }

    public async ValueTask DisposeAsync()
    {
        _store.Dispose();
        await _server.DisposeAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task Writes_only_if_the_object_has_not_changed()
    {
        Assert.Null(await _store.ReadAsync("lease.json", 100, Stop));
        Assert.Null(await _store.TryWriteAsync("lease.json", "a"u8.ToArray(), "\"none\"", Stop));
        var first = await _store.TryWriteAsync("lease.json", "a"u8.ToArray(), null, Stop);
        Assert.NotNull(first);
        Assert.Null(await _store.TryWriteAsync("lease.json", "b"u8.ToArray(), null, Stop));
        var second = await _store.TryWriteAsync("lease.json", "b"u8.ToArray(), first, Stop);
        Assert.NotNull(second);
        Assert.Null(await _store.TryWriteAsync("lease.json", "c"u8.ToArray(), first, Stop));
        var read = await _store.ReadAsync("lease.json", 100, Stop);
        Assert.Equal(("b", second), (Encoding.UTF8.GetString(read!.Content.Span), read.ETag));
        Assert.Equal(["hnm/group%201/lease.json"], _server.Keys);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_conflict_with_another_conditional_write_writes_nothing()
    {
        _server.Refuse = r => r.Headers.IfNoneMatch.Count > 0 ? 409 : 0;
        Assert.Null(await _store.TryWriteAsync("lease.json", "a"u8.ToArray(), null, Stop));
        Assert.Empty(_server.Keys);
    }

    [Fact(Timeout = 60_000)]
    public async Task Uploads_and_downloads_whole_objects()
    {
        byte[] content = [.. Enumerable.Range(0, 3_000_000).Select(i => (byte)(i * 7))];
        using (var source = new MemoryStream(content))
        {
            await _store.UploadAsync("a/000000", source, Stop);
            Assert.True(source.CanRead);
        }

        using var target = new MemoryStream();
        target.Write([1, 2, 3]);
        Assert.True(await _store.DownloadAsync("a/000000", target, Stop));
        Assert.Equal([1, 2, 3, .. content], target.ToArray());
        Assert.False(await _store.DownloadAsync("a/000001", target, Stop));
        Assert.Equal(3 + content.Length, target.Position);
        await Assert.ThrowsAsync<InvalidDataException>(() => _store.ReadAsync("a/000000", 100, Stop));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_download_that_is_cut_is_repeated()
    {
        byte[] content = [.. Enumerable.Range(0, 300_000).Select(i => (byte)(i * 7))];
        await _store.UploadAsync("a/000000", new MemoryStream(content), Stop);
        _server.DownloadsToCut = 2;
        using var target = new MemoryStream();
        Assert.True(await _store.DownloadAsync("a/000000", target, Stop));
        Assert.Equal(content, target.ToArray());

        _server.DownloadsToCut = 3;
        await Assert.ThrowsAsync<CheckpointArchiveException>(() => _store.DownloadAsync("a/000000", target, Stop));
    }

    [Fact(Timeout = 60_000)]
    public async Task An_upload_that_arrives_changed_is_refused()
    {
        _server.UploadsToDamage = 10;
        var error = await Assert.ThrowsAsync<CheckpointArchiveException>(() => _store.UploadAsync("a/000000", new MemoryStream([1, 2, 3]), Stop));
        Assert.Contains("XAmzContentSHA256Mismatch", error.Message, StringComparison.Ordinal);
        Assert.Empty(_server.Keys);
    }

    [Fact(Timeout = 60_000)]
    public async Task Lists_all_pages_and_deletes()
    {
        string[] keys = [.. Enumerable.Range(0, 8).Select(i => $"checkpoint-{i}/a b+c")];
        foreach (var key in keys)
            await _store.UploadAsync(key, new MemoryStream([1]), Stop);
        await _store.UploadAsync("other", new MemoryStream([1]), Stop);
        Assert.Equal(keys, await _store.ListAsync("checkpoint-", Stop));
        await _store.DeleteAsync(keys[0], Stop);
        await _store.DeleteAsync(keys[0], Stop);
        Assert.Equal(keys[1..], await _store.ListAsync("checkpoint-", Stop));
        Assert.Empty(await _store.ListAsync("none", Stop));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_missing_bucket_is_named_with_its_key_and_the_remedy()
    {
        using var store = Store(o => o.Bucket = "absent");
        var error = await Assert.ThrowsAsync<CheckpointArchiveException>(() => store.ReadAsync("lease.json", 100, Stop));
        Assert.Equal($"'checkpoints.objectStore.bucket' must be an existing bucket but is 'absent' ({_server.Url}/ has none of this name). Create it, or correct the name.", error.Message);
        await Assert.ThrowsAsync<CheckpointArchiveException>(() => store.DownloadAsync("a", new MemoryStream(), Stop));
        await Assert.ThrowsAsync<CheckpointArchiveException>(() => store.TryWriteAsync("a", new byte[1], null, Stop));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_refusal_names_the_permission_and_no_secret()
    {
        _server.Refuse = _ => 403;
        var error = await Assert.ThrowsAsync<CheckpointArchiveException>(() => _store.ListAsync("", Stop));
        Assert.Contains("Allow s3:ListBucket on the bucket 'models'", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(S3Server.Secret, error.ToString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_failure_of_the_server_is_retried()
    {
        var failures = 2;
        _server.Refuse = _ => failures-- > 0 ? 503 : 0;
        await _store.UploadAsync("a", new MemoryStream([1, 2]), Stop);
        Assert.Equal(["hnm/group%201/a"], _server.Keys);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_endpoint_without_a_server_is_named_with_the_remedy()
    {
        await _server.DisposeAsync();
        var error = await Assert.ThrowsAsync<CheckpointArchiveException>(() => _store.ReadAsync("lease.json", 100, Stop));
        Assert.Contains("cannot be reached", error.Message, StringComparison.Ordinal);
        Assert.Contains("Check 'checkpoints.objectStore.endpoint'", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Cancellation_of_the_caller_is_no_failure_of_the_store()
    {
        using var stopped = new CancellationTokenSource();
        await stopped.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _store.ReadAsync("lease.json", 100, stopped.Token));
    }

    [Fact]
    public void Missing_credentials_are_named_with_the_ways_to_give_them()
    {
        var error = new S3Failures("models", "AWS").Of(new Amazon.Runtime.AmazonClientException("Failed to resolve AWS credentials."), "s3:GetObject", "s3://models/lease.json");
        Assert.StartsWith("No credentials for s3://models/lease.json were found", error.Message, StringComparison.Ordinal);
        Assert.Contains("AWS_ACCESS_KEY_ID", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_missing_region_is_named_with_its_setting()
    {
        if (Environment.GetEnvironmentVariable("AWS_REGION") is not null)
            Assert.Skip("AWS_REGION is set.");
        var error = await Assert.ThrowsAsync<CheckpointArchiveException>(async () =>
        {
            using var store = S3ObjectStore.Create(new ObjectStoreOptions { Bucket = S3Server.Bucket }, "group");
            await store.ReadAsync("lease.json", 100, Stop);
        });
        Assert.Contains("Set 'checkpoints.objectStore.region' (or AWS_REGION), or 'checkpoints.objectStore.endpoint'", error.Message, StringComparison.Ordinal);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private S3ObjectStore Store(Action<ObjectStoreOptions> change)
    {
        var options = new ObjectStoreOptions { Bucket = S3Server.Bucket, Endpoint = _server.Url, PathStyle = true };
        change(options);
        return S3ObjectStore.Create(options, "group 1");
    }
}
