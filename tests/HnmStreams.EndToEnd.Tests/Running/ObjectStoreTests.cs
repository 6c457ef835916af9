using HnmStreams.EndToEnd.Tests.Processes;
using HnmStreams.Host.Tests.ObjectStore;
using HnmStreams.Testing;
using HnmStreams.Testing.Brokers;

namespace HnmStreams.EndToEnd.Tests.Running;

/// <summary>Tests of processes that share a bucket and no folder, as on two machines.</summary>
public sealed class ObjectStoreTests(RealBroker broker) : IClassFixture<RealBroker>
{
    [Fact(Timeout = 600_000)]
    public async Task A_standby_without_the_folder_takes_over_from_a_killed_learner_at_its_checkpoint()
    {
        using var folder = new TemporaryFolder();
        await using var server = await S3Server.StartAsync();
        var settings = await TabularService.SettingsAsync(broker, folder, examples: 10_000, ObjectStore(server));
        await using var first = HnmProcess.Start([.. settings]);
        await first.LineAsync("published in s3://models/fraud/");
        await first.LineAsync("consumed 10,000");
        var before = await TabularService.CheckpointAsync(await first.HttpAsync());
        Assert.Equal(10_000, before.GetProperty("consumed").GetInt64());

        await using var second = HnmProcess.Start([.. Elsewhere(settings, folder)]);
        await second.LineAsync("standby");
        first.Kill();
        await second.LineAsync("was downloaded from s3://models/fraud/");
        await second.LineAsync("Resuming from the checkpoint");
        var http = await second.HttpAsync();
        await TabularService.WaitAsync(http, s => s.GetProperty("phase").GetString() == "learning");
        var learner = (await TabularService.StatusAsync(http)).GetProperty("learner");
        Assert.Equal(10_000, learner.GetProperty("ranking").GetProperty("stream").GetProperty("consumed").GetInt64());
        await TabularService.ProduceAsync(settings, 1_000, seed: 9);
        await TabularService.WaitAsync(http, s => s.GetProperty("learner").GetProperty("ranking").GetProperty("stream").GetProperty("consumed").GetInt64() == 11_000);
        second.Terminate();
        Assert.Equal(0, await second.ExitAsync());
        Assert.DoesNotContain(S3Server.Secret, first.Output + second.Output, StringComparison.Ordinal);
    }

    [Fact(Timeout = 600_000)]
    public async Task A_learner_that_was_suspended_and_replaced_stops_and_publishes_nothing()
    {
        using var folder = new TemporaryFolder();
        await using var server = await S3Server.StartAsync();
        var settings = await TabularService.SettingsAsync(broker, folder, examples: 2_000, [.. ObjectStore(server), "--set", "pipeline.checkpointing.leaseExpiry=1s"]);
        await using var first = HnmProcess.Start([.. settings]);
        await first.LineAsync("consumed 2,000");
        first.Freeze();
        await using var second = HnmProcess.Start([.. Elsewhere(settings, folder)]);
        await second.LineAsync("Learning tabular");
        var newest = await TabularService.CheckpointAsync(await second.HttpAsync());
        first.Thaw();
        Assert.NotEqual(0, await first.ExitAsync());
        Assert.Contains("epoch 2 belongs to", first.Output, StringComparison.Ordinal);
        second.Terminate();
        Assert.Equal(0, await second.ExitAsync());
        Assert.StartsWith("2.", newest.GetProperty("id").GetString(), StringComparison.Ordinal);
        Assert.Contains(server.Keys, k => k.StartsWith("fraud/checkpoint-000002-", StringComparison.Ordinal));
    }

    private static string[] ObjectStore(S3Server server) =>
    [
        "--set", $"checkpoints.objectStore.bucket={S3Server.Bucket}", "--set", "checkpoints.objectStore.prefix=fraud", "--set", $"checkpoints.objectStore.endpoint={server.Url}", "--set", "checkpoints.objectStore.pathStyle=true",
    ];

    // The same settings with another folder.
    private static List<string> Elsewhere(List<string> settings, TemporaryFolder folder)
    {
        var other = settings.ToList();
        other[other.IndexOf("--checkpoints") + 1] = folder["elsewhere"];
        return other;
    }
}
