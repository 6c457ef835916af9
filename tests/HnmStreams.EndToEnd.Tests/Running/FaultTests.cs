using Confluent.Kafka;
using HnmStreams.EndToEnd.Tests.Processes;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Topics;
using HnmStreams.Testing;
using HnmStreams.Testing.Brokers;

namespace HnmStreams.EndToEnd.Tests.Running;

/// <summary>What goes wrong around the service, told to a real process: its topic, its group, its native code, and a supervisor in a hurry.</summary>
public sealed class FaultTests(RealBroker broker) : IClassFixture<RealBroker>
{
    [Fact(Timeout = 600_000)]
    public async Task A_topic_made_again_stops_it_with_a_choice_and_is_gone_on_with_where_that_was_chosen()
    {
        using var folder = new TemporaryFolder();
        var settings = await TabularService.SettingsAsync(broker, folder, examples: 3_000);
        await using (var first = HnmProcess.Start([.. settings, "--limit", "3000"]))
            Assert.Equal(0, await first.ExitAsync());
        await MakeAgainAsync(settings);
        // As many as the state has seen of the old one: no offset gives it away, only the topic's id.
        await TabularService.ProduceAsync(settings, 3_000, seed: 2);

        var (refused, said) = await HnmProcess.RunAsync([.. settings]);
        Assert.Equal(1, refused);
        Assert.Contains("--fresh", said, StringComparison.Ordinal);
        Assert.Contains("run.recreatedTopic=earliest", said, StringComparison.Ordinal);

        string[] chosen = [.. settings, "--set", "run.recreatedTopic=earliest"];
        var (went, told) = await HnmProcess.RunAsync([.. chosen, "--limit", "6000"]);
        Assert.True(went == 0, told);
        Assert.Contains("the model goes on", told, StringComparison.Ordinal);
        Assert.Contains("completed: 6,000 examples", told, StringComparison.Ordinal);

        // From here on it is the topic of the state like any other.
        await TabularService.ProduceAsync(settings, 1_000, seed: 3);
        var (again, known) = await HnmProcess.RunAsync([.. settings, "--limit", "7000"]);
        Assert.True(again == 0, known);
    }

    [Fact(Timeout = 600_000)]
    public async Task A_topic_made_again_while_it_runs_is_never_read_as_the_old_one()
    {
        using var folder = new TemporaryFolder();
        var settings = await TabularService.SettingsAsync(
            broker, folder, examples: 3_000, "--set", "run.recreatedTopic=earliest");
        await using var service = HnmProcess.Start([.. settings]);
        var http = await service.HttpAsync();
        await TabularService.ConsumedAsync(http, 3_000);
        await TabularService.CheckpointAsync(http);
        await MakeAgainAsync(settings);
        // More than the old one had: no offset gives it away.
        await TabularService.ProduceAsync(settings, 5_000, seed: 2);
        await TabularService.ConsumedAsync(http, 8_000);
        await TabularService.CheckpointAsync(http);
        service.Terminate();
        Assert.Equal(0, await service.ExitAsync());

        // Its state knows the new topic: nothing of it is read twice.
        await TabularService.ProduceAsync(settings, 500, seed: 3);
        var (again, said) = await HnmProcess.RunAsync([.. settings, "--limit", "8500"]);
        Assert.True(again == 0, said);
        Assert.DoesNotContain("the model goes on", said, StringComparison.Ordinal);
    }

    [Fact(Timeout = 600_000)]
    public async Task Thrown_out_of_its_group_it_goes_back_to_its_newest_checkpoint_and_counts_each_once()
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
        await UntilNobodyIsInAsync($"g-{TabularService.TopicOf(settings)}");
        service.Thaw();
        await service.LineAsync("begins again at its newest checkpoint");
        await TabularService.ProduceAsync(settings, 1_000, seed: 3);
        await TabularService.ConsumedAsync(http, 4_000);
        service.Terminate();
        Assert.Equal(0, await service.ExitAsync());
        Assert.Contains("4,000 examples", service.Output, StringComparison.Ordinal);
    }

    [Fact(Timeout = 600_000)]
    public async Task Native_code_that_does_not_come_back_fails_liveness_and_ends_the_process()
    {
        using var folder = new TemporaryFolder();
        // Batches so large that each takes longer than this service is willing to wait.
        var settings = await TabularService.SettingsAsync(
            broker, folder, examples: 60_000,
            "--set", "task.tabular.hidden=1024,1024", "--set", "pipeline.batching.size=8192", "--set", "pipeline.batching.linger=1s", "--set", "pipeline.supervision.hangAfter=10ms");
        await using var service = HnmProcess.Start([.. settings]);
        var http = await service.HttpAsync();
        await service.LineAsync("native code has not come back");
        using (var live = await http.GetAsync(new Uri("/healthz/live", UriKind.Relative), TestContext.Current.CancellationToken))
            Assert.Equal(503, (int)live.StatusCode);
        Assert.Equal(128 + 9, await service.ExitAsync());
    }

    [Fact(Timeout = 600_000)]
    public async Task Sigterm_ends_it_well_while_it_stands_by_and_while_it_is_paused()
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
        // What it held back it either took or left: the next one goes on to exactly the end.
        var (next, said) = await HnmProcess.RunAsync([.. settings, "--limit", "2000"]);
        Assert.True(next == 0, said);
        Assert.Contains("completed: 2,000 examples", said, StringComparison.Ordinal);
    }

    private async Task MakeAgainAsync(List<string> settings)
    {
        var kafka = new KafkaOptions { BootstrapServers = await broker.BootstrapOrSkipAsync(), Topic = TabularService.TopicOf(settings) };
        await TopicAdmin.DeleteAsync(kafka, kafka.Topic);
        while (await TopicIdentity.ReadAsync(kafka, TestContext.Current.CancellationToken) is not null)
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.True(await TopicAdmin.CreateAsync(kafka, kafka.Topic, partitions: 1));
    }

    private async Task UntilNobodyIsInAsync(string group)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = await broker.BootstrapOrSkipAsync() }).Build();
        while ((await admin.DescribeConsumerGroupsAsync([group])).ConsumerGroupDescriptions.Single().Members.Count > 0)
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, TestContext.Current.CancellationToken);
    }
}
