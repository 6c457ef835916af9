using Confluent.Kafka;
using HnmStreams.EndToEnd.Tests.Processes;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Topics;
using HnmStreams.Testing;
using HnmStreams.Testing.Brokers;

namespace HnmStreams.EndToEnd.Tests.Running;

/// <summary>Tests of faults around a running service: its topic, its consumer group, its native code and its supervisor.</summary>
public sealed class FaultTests(RealBroker broker) : IClassFixture<RealBroker>
{
    [Fact(Timeout = 600_000)]
    public async Task A_recreated_topic_stops_the_service_unless_configured()
    {
        using var folder = new TemporaryFolder();
        var settings = await TabularService.SettingsAsync(broker, folder, examples: 3_000);
        await using (var first = HnmProcess.Start([.. settings, "--limit", "3000"]))
            Assert.Equal(0, await first.ExitAsync());
        await RecreateTopicAsync(settings);
        // The same number of records as in the old topic. Only the topic id differs, not the offsets.
        await TabularService.ProduceAsync(settings, 3_000, seed: 2);

        var (refusedCode, output) = await HnmProcess.RunAsync([.. settings]);
        Assert.Equal(1, refusedCode);
        Assert.Contains("--fresh", output, StringComparison.Ordinal);
        Assert.Contains("run.recreatedTopic=earliest", output, StringComparison.Ordinal);

        string[] accepting = [.. settings, "--set", "run.recreatedTopic=earliest"];
        var (acceptedCode, acceptedOutput) = await HnmProcess.RunAsync([.. accepting, "--limit", "6000"]);
        Assert.True(acceptedCode == 0, acceptedOutput);
        Assert.Contains("The model is kept", acceptedOutput, StringComparison.Ordinal);
        Assert.Contains("completed: 6,000 examples", acceptedOutput, StringComparison.Ordinal);

        // From here on, the new topic belongs to the state.
        await TabularService.ProduceAsync(settings, 1_000, seed: 3);
        var (nextCode, nextOutput) = await HnmProcess.RunAsync([.. settings, "--limit", "7000"]);
        Assert.True(nextCode == 0, nextOutput);
    }

    [Fact(Timeout = 600_000)]
    public async Task A_topic_recreated_during_a_run_is_not_read_as_the_old_one()
    {
        using var folder = new TemporaryFolder();
        var settings = await TabularService.SettingsAsync(
            broker, folder, examples: 3_000, "--set", "run.recreatedTopic=earliest");
        await using var service = HnmProcess.Start([.. settings]);
        var http = await service.HttpAsync();
        await TabularService.ConsumedAsync(http, 3_000);
        await TabularService.CheckpointAsync(http);
        await RecreateTopicAsync(settings);
        // More records than in the old topic, so the offsets do not reveal the change.
        await TabularService.ProduceAsync(settings, 5_000, seed: 2);
        await TabularService.ConsumedAsync(http, 8_000);
        await TabularService.CheckpointAsync(http);
        service.Terminate();
        Assert.Equal(0, await service.ExitAsync());

        // The state belongs to the new topic, so nothing is read twice.
        await TabularService.ProduceAsync(settings, 500, seed: 3);
        var (again, output) = await HnmProcess.RunAsync([.. settings, "--limit", "8500"]);
        Assert.True(again == 0, output);
        Assert.DoesNotContain("The model is kept", output, StringComparison.Ordinal);
    }

    [Fact(Timeout = 600_000)]
    public async Task A_member_removed_from_its_group_resumes_from_its_newest_checkpoint()
    {
        using var folder = new TemporaryFolder();
        var settings = await TabularService.SettingsAsync(broker, folder, examples: 2_000, "--set", "kafka.consumer.session.timeout.ms=6000");
        await using var service = HnmProcess.Start([.. settings]);
        var http = await service.HttpAsync();
        await TabularService.ConsumedAsync(http, 2_000);
        await TabularService.CheckpointAsync(http);
        await TabularService.ProduceAsync(settings, 1_000, seed: 2);
        await TabularService.ConsumedAsync(http, 3_000);

        service.Freeze();
        await WaitUntilGroupIsEmptyAsync($"g-{TabularService.TopicOf(settings)}");
        service.Thaw();
        await service.LineAsync("restarts from its newest checkpoint");
        await TabularService.ProduceAsync(settings, 1_000, seed: 3);
        await TabularService.ConsumedAsync(http, 4_000);
        service.Terminate();
        Assert.Equal(0, await service.ExitAsync());
        Assert.Contains("4,000 examples", service.Output, StringComparison.Ordinal);
    }

    [Fact(Timeout = 600_000)]
    public async Task Hanging_native_code_fails_liveness_and_ends_the_process()
    {
        using var folder = new TemporaryFolder();
        // Batches that take longer than the configured hang timeout.
        var settings = await TabularService.SettingsAsync(
            broker, folder, examples: 60_000,
            "--set", "task.tabular.hidden=1024,1024", "--set", "pipeline.batching.size=8192", "--set", "pipeline.batching.linger=1s", "--set", "pipeline.supervision.hangAfter=10ms");
        await using var service = HnmProcess.Start([.. settings]);
        var http = await service.HttpAsync();
        await service.LineAsync("native code has not returned");
        using (var live = await http.GetAsync(new Uri("/healthz/live", UriKind.Relative), TestContext.Current.CancellationToken))
            Assert.Equal(503, (int)live.StatusCode);
        Assert.Equal(128 + 9, await service.ExitAsync());
    }

    [Fact(Timeout = 600_000)]
    public async Task Sigterm_stops_a_standby_and_a_paused_learner()
    {
        using var folder = new TemporaryFolder();
        var settings = await TabularService.SettingsAsync(broker, folder, examples: 1_000);
        await using var learner = HnmProcess.Start([.. settings]);
        await learner.LineAsync("consumed 1,000");
        await using var standby = HnmProcess.Start([.. settings]);
        await standby.LineAsync("standby");
        standby.Terminate();
        Assert.Equal(0, await standby.ExitAsync());

        await TabularService.PostAsync(await learner.HttpAsync(), "/api/pause");
        await TabularService.ProduceAsync(settings, 1_000, seed: 2);
        learner.Terminate();
        Assert.Equal(0, await learner.ExitAsync());
        // A record that was held back is either consumed or not. The next run continues to exactly the end.
        var (next, output) = await HnmProcess.RunAsync([.. settings, "--limit", "2000"]);
        Assert.True(next == 0, output);
        Assert.Contains("completed: 2,000 examples", output, StringComparison.Ordinal);
    }

    private async Task RecreateTopicAsync(List<string> settings)
    {
        var kafka = new KafkaOptions { BootstrapServers = await broker.BootstrapOrSkipAsync(), Topic = TabularService.TopicOf(settings) };
        await TopicAdmin.DeleteAsync(kafka, kafka.Topic);
        while (await TopicIdentity.ReadAsync(kafka, TestContext.Current.CancellationToken) is not null)
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.True(await TopicAdmin.CreateAsync(kafka, kafka.Topic, partitions: 1));
    }

    private async Task WaitUntilGroupIsEmptyAsync(string group)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = await broker.BootstrapOrSkipAsync() }).Build();
        while ((await admin.DescribeConsumerGroupsAsync([group])).ConsumerGroupDescriptions.Single().Members.Count > 0)
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, TestContext.Current.CancellationToken);
    }
}
