using System.Text.Json;
using HnmStreams.EndToEnd.Tests.Processes;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Topics;
using HnmStreams.Testing;
using HnmStreams.Testing.Brokers;

namespace HnmStreams.EndToEnd.Tests.Running;

/// <summary>Tests of real processes on a real broker: a learner and its standby, operations over HTTP, a failing dead-letter topic, and SIGTERM before the start.</summary>
public sealed class DurabilityTests(RealBroker broker) : IClassFixture<RealBroker>
{
    [Fact(Timeout = 600_000)]
    public async Task A_standby_takes_over_from_a_killed_learner_at_its_checkpoint()
    {
        using var folder = new TemporaryFolder();
        var settings = await TabularService.SettingsAsync(broker, folder, examples: 20_000);
        await using var first = HnmProcess.Start([.. settings]);
        await first.LineAsync("consumed 20,000");
        var http = await first.HttpAsync();
        var before = await TabularService.CheckpointAsync(http);
        Assert.Equal(20_000, before.GetProperty("consumed").GetInt64());

        await using var second = HnmProcess.Start([.. settings]);
        await second.LineAsync("standby");
        var standby = await second.HttpAsync();
        Assert.Equal("standby", (await TabularService.StatusAsync(standby)).GetProperty("phase").GetString());
        Assert.Contains("has the lease", await TabularService.ReadyAsync(standby), StringComparison.Ordinal);

        first.Kill();
        await second.LineAsync("Resuming from the checkpoint");
        await TabularService.WaitAsync(standby, s => s.GetProperty("phase").GetString() == "learning");
        var learner = (await TabularService.StatusAsync(standby)).GetProperty("learner");
        Assert.Equal(20_000, learner.GetProperty("ranking").GetProperty("stream").GetProperty("consumed").GetInt64());
        second.Terminate();
        Assert.Equal(0, await second.ExitAsync());
    }

    [Fact(Timeout = 600_000)]
    public async Task A_learner_that_lost_its_lease_stops()
    {
        using var folder = new TemporaryFolder();
        var settings = await TabularService.SettingsAsync(broker, folder, examples: 4_000, "--set", "pipeline.checkpointing.leaseExpiry=1s");
        await using var first = HnmProcess.Start([.. settings]);
        await first.LineAsync("consumed 4,000");
        first.Freeze();
        await using var second = HnmProcess.Start([.. settings]);
        await second.LineAsync("Learning tabular");
        first.Thaw();
        Assert.NotEqual(0, await first.ExitAsync());
        Assert.Contains("epoch 2 belongs to", first.Output, StringComparison.Ordinal);
        second.Terminate();
        Assert.Equal(0, await second.ExitAsync());
    }

    [Fact(Timeout = 600_000)]
    public async Task Pauses_and_resumes()
    {
        using var folder = new TemporaryFolder();
        var settings = await TabularService.SettingsAsync(broker, folder, examples: 2_000);
        await using var service = HnmProcess.Start([.. settings]);
        await service.LineAsync("consumed 2,000");
        var http = await service.HttpAsync();
        using (var refused = await http.PostAsync(new Uri("/api/pause", UriKind.Relative), null, TestContext.Current.CancellationToken))
            Assert.Equal(401, (int)refused.StatusCode);
        await TabularService.PostAsync(http, "/api/pause");
        Assert.Contains("paused by request", await TabularService.ReadyAsync(http), StringComparison.Ordinal);
        Assert.True((await TabularService.StatusAsync(http)).GetProperty("paused").GetBoolean());
        await TabularService.PostAsync(http, "/api/resume");
        await TabularService.ProduceAsync(settings, 1_000, seed: 9);
        await TabularService.WaitAsync(http, s => s.GetProperty("learner").GetProperty("ranking").GetProperty("stream").GetProperty("consumed").GetInt64() == 3_000);
        service.Terminate();
        Assert.Equal(0, await service.ExitAsync());
    }

    [Fact(Timeout = 600_000)]
    public async Task Stops_if_dead_letters_cannot_be_written()
    {
        using var folder = new TemporaryFolder();
        // An invalid topic name.
        var settings = await TabularService.SettingsAsync(broker, folder, examples: 1_000, "--set", "kafka.deadLetterTopic=not/a/topic", "--set", "pipeline.checkpointing.every=1s", "--set", "kafka.producer.topic.metadata.propagation.max.ms=1000");
        await RealBrokerTests.SendPoisonAsync(await broker.BootstrapOrSkipAsync(), TabularService.TopicOf(settings), partitions: 1);
        var (code, output) = await HnmProcess.RunAsync([.. settings]);
        Assert.Equal(1, code);
        Assert.Contains("dead letters could not be written to not/a/topic", output, StringComparison.Ordinal);
    }

    [Fact(Timeout = 600_000)]
    public async Task Waits_for_its_broker_and_its_topic_and_can_be_stopped()
    {
        using var folder = new TemporaryFolder();
        await using var unreachable = HnmProcess.Start(
            "run", "--set", "kafka.bootstrapServers=127.0.0.1:9", "--set", "kafka.topic=t", "--set", "http.urls=http://127.0.0.1:0", "--checkpoints", folder["a"], "--set", "models.folder=null");
        await unreachable.LineAsync("no broker runs at 127.0.0.1:9");
        unreachable.Terminate();
        Assert.Equal(0, await unreachable.ExitAsync());

        var bootstrap = await broker.BootstrapOrSkipAsync();
        var topic = $"late-{Guid.NewGuid():n}";
        await using var early = HnmProcess.Start(
            "run", "--set", $"kafka.bootstrapServers={bootstrap}", "--set", $"kafka.topic={topic}", "--set", "http.urls=http://127.0.0.1:0", "--checkpoints", folder["b"], "--set", "models.folder=null", "--limit", "500");
        await early.LineAsync($"there is no topic {topic}");
        await TopicAdmin.CreateAsync(new KafkaOptions { BootstrapServers = bootstrap }, topic, partitions: 1);
        await HnmProcess.RunAsync("produce", "--data", "synthetic", "--topic", topic, "--bootstrap", bootstrap, "--limit", "500");
        Assert.Equal(0, await early.ExitAsync());
        Assert.Contains("completed: 500 examples", early.Output, StringComparison.Ordinal);
    }

    [Fact(Timeout = 600_000)]
    public async Task Rejects_a_checkpoint_of_another_network_unless_it_starts_fresh()
    {
        using var folder = new TemporaryFolder();
        var settings = await TabularService.SettingsAsync(broker, folder, examples: 2_000);
        var (first, output) = await HnmProcess.RunAsync([.. settings, "--limit", "2000"]);
        Assert.True(first == 0, output);
        var (refused, refusedOutput) = await HnmProcess.RunAsync([.. settings, "--set", "task.tabular.hidden=8"]);
        Assert.Equal(1, refused);
        Assert.Contains("network must be", refusedOutput, StringComparison.Ordinal);
        Assert.Contains("--fresh", refusedOutput, StringComparison.Ordinal);
        var (fresh, freshOutput) = await HnmProcess.RunAsync([.. settings, "--set", "task.tabular.hidden=8", "--fresh", "--limit", "2000"]);
        Assert.True(fresh == 0, freshOutput);
        Assert.Contains("completed: 2,000 examples", freshOutput, StringComparison.Ordinal);

        var (inspected, listing) = await HnmProcess.RunAsync("inspect", folder["state"]);
        Assert.True(inspected == 0, listing);
        Assert.Contains("next offset 2000", listing, StringComparison.Ordinal);
    }

    [Fact(Timeout = 600_000)]
    public async Task A_replay_learns_to_the_current_end_without_changing_the_service()
    {
        using var folder = new TemporaryFolder();
        var settings = await TabularService.SettingsAsync(broker, folder, examples: 5_000);
        settings.RemoveRange(settings.IndexOf("--checkpoints"), 2);
        string[] replay = ["replay", .. settings.Skip(1), "--mode", "exact"];
        var (one, output) = await HnmProcess.RunAsync([.. replay, "--summary", folder["1.json"]]);
        var (two, secondOutput) = await HnmProcess.RunAsync([.. replay, "--summary", folder["2.json"]]);
        Assert.True((one, two) == (0, 0), output + secondOutput);
        using var first = JsonDocument.Parse(await File.ReadAllTextAsync(folder["1.json"], TestContext.Current.CancellationToken));
        using var second = JsonDocument.Parse(await File.ReadAllTextAsync(folder["2.json"], TestContext.Current.CancellationToken));
        Assert.Equal(5_000, first.RootElement.GetProperty("ranking").GetProperty("stream").GetProperty("consumed").GetInt64());
        Assert.Equal(
            first.RootElement.GetProperty("evaluation").GetProperty("heldOut").GetProperty("averagePrecision").GetDouble(),
            second.RootElement.GetProperty("evaluation").GetProperty("heldOut").GetProperty("averagePrecision").GetDouble());
        Assert.Equal(["1.json", "2.json", "task.json"], Directory.EnumerateFileSystemEntries(folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }
}
