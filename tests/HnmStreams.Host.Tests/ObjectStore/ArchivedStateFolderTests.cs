using HnmStreams.Configuration;
using HnmStreams.Configuration.Sections;
using HnmStreams.Host.Learner;
using HnmStreams.Pipeline.Checkpointing;
using Microsoft.Extensions.Logging.Abstractions;

namespace HnmStreams.Host.Tests.ObjectStore;

/// <summary>Tests of learners with separate folders that share a bucket, by their settings.</summary>
public sealed class ArchivedStateFolderTests : IAsyncLifetime
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(60);
    private readonly string _folders = Directory.CreateTempSubdirectory("hnm-archived-").FullName;
    private S3Server _server = null!;

    public async ValueTask InitializeAsync() => _server = await S3Server.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_folders, recursive: true);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_standby_on_another_machine_continues_from_the_published_checkpoint()
    {
        var waiting = new TaskCompletionSource<string>();
        Task<StateFolder> opening;
        await using (var first = await OpenAsync("a", _ => { }))
        {
            Assert.Equal($"{Path.Combine(_folders, "a")}, published in s3://models/fraud/", first.Description);
            opening = OpenAsync("b", holder => waiting.TrySetResult(holder));
            Assert.Contains("has the lease (epoch 1)", await waiting.Task.WaitAsync(Wait, TestContext.Current.CancellationToken), StringComparison.Ordinal);
            for (var i = 1; i <= 3; i++)
                Assert.IsType<CheckpointWritten>(first.Store!.Files.Write(Content(first.Store, i)));
        }

        await using var second = await opening.WaitAsync(Wait, TestContext.Current.CancellationToken);
        Assert.Equal(2, second.Store!.Epoch);
        using var resume = second.Store.Load();
        Assert.Equal(("1.3", 3L), (resume!.Id, resume.ModelVersion));
        Assert.Equal(300, Assert.Single(resume.Positions).NextOffset);
        Assert.IsType<CheckpointWritten>(second.Store.Files.Write(Content(second.Store, 4)));
        Assert.DoesNotContain(_server.Keys, k => k.StartsWith("fraud/checkpoint-000001-000000002/", StringComparison.Ordinal));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_store_that_fails_is_a_failed_checkpoint_and_the_next_one_succeeds()
    {
        await using var state = await OpenAsync("a", _ => { });
        _server.Refuse = r => r.Path.Value!.EndsWith("manifest.json", StringComparison.Ordinal) ? 403 : 0;
        var failure = Assert.IsType<CheckpointFailure>(state.Store!.Files.Write(Content(state.Store, 1)));
        Assert.Contains("Allow s3:PutObject on the bucket 'models'", failure.ToString(), StringComparison.Ordinal);
        _server.Refuse = _ => 0;
        Assert.IsType<CheckpointWritten>(state.Store.Files.Write(Content(state.Store, 2)));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_bucket_that_does_not_exist_ends_the_start_with_the_name_of_the_setting()
    {
        var error = await Assert.ThrowsAsync<SettingsException>(() => OpenAsync("a", _ => { }, bucket: "absent"));
        Assert.Contains("'checkpoints.objectStore.bucket' must be an existing bucket but is 'absent'", error.Message, StringComparison.Ordinal);
    }

    private static CheckpointContent Content(CheckpointStore store, int i) => new(
        store.Files.NextId(store.Epoch), i, [new("cluster", "topic", "id", 0, i * 100)], new Dictionary<string, string>(StringComparer.Ordinal), [new("weights", s => s.Write(new byte[100 * i]))]);

    private Task<StateFolder> OpenAsync(string folder, Action<string> standby, string bucket = S3Server.Bucket)
    {
        var options = new HnmOptions();
        options.Checkpoints.Folder = Path.Combine(_folders, folder);
        options.Checkpoints.ObjectStore = new ObjectStoreOptions { Bucket = bucket, Prefix = "/fraud/", Endpoint = _server.Url, PathStyle = true };
        options.Pipeline.Checkpointing.Keep = 2;
        options.Pipeline.Checkpointing.LeaseExpiry = TimeSpan.FromSeconds(5);
        return StateFolder.OpenAsync(options, embedded: false, _folders, standby, TimeProvider.System, NullLogger.Instance, TestContext.Current.CancellationToken);
    }
}
