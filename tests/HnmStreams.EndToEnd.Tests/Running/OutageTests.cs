using HnmStreams.EndToEnd.Tests.Processes;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Topics;
using HnmStreams.Testing;
using HnmStreams.Testing.Brokers;

namespace HnmStreams.EndToEnd.Tests.Running;

/// <summary>A broker that goes away, and one that refuses: each a Kafka of this test's own.</summary>
public sealed class OutageTests
{
    private const string Password = "not-for-any-log";

    [Fact(Timeout = 600_000)]
    public async Task While_the_broker_is_away_it_says_so_and_can_be_stopped_and_goes_on_when_it_is_back()
    {
        using var folder = new TemporaryFolder();
        using var kafka = await KafkaProcess.StartAsync(RealBroker.HomeOrSkip(), folder.Path);
        await TopicAdmin.CreateAsync(new KafkaOptions { BootstrapServers = kafka.Bootstrap }, "t", partitions: 1);
        var settings = await TabularService.SettingsAsync(kafka.Bootstrap, "t", folder);
        await TabularService.ProduceAsync(settings, 2_000, seed: 1);
        await using var service = HnmProcess.Start([.. settings]);
        var http = await service.HttpAsync();
        await TabularService.ConsumedAsync(http, 2_000);

        await kafka.KillAsync();
        await UntilReadySaysAsync(http, "no broker answers");
        using (var live = await http.GetAsync(new Uri("/healthz/live", UriKind.Relative), TestContext.Current.CancellationToken))
            Assert.True(live.IsSuccessStatusCode);
        await kafka.RestartAsync();
        await UntilReadySaysAsync(http, "Healthy");
        await TabularService.ProduceAsync(settings, 1_000, seed: 2);
        await TabularService.ConsumedAsync(http, 3_000);

        // Stopped in the middle of an outage it still saves what it has.
        await kafka.KillAsync();
        await UntilReadySaysAsync(http, "no broker answers");
        service.Terminate();
        Assert.Equal(0, await service.ExitAsync());
        await kafka.RestartAsync();
        await TabularService.ProduceAsync(settings, 1_000, seed: 3);
        var (next, said) = await HnmProcess.RunAsync([.. settings, "--limit", "4000"]);
        Assert.True(next == 0, said);
        Assert.Contains("completed: 4,000 examples", said, StringComparison.Ordinal);
    }

    [Fact(Timeout = 600_000)]
    public async Task Refused_by_the_broker_it_ends_says_where_to_look_and_keeps_the_password_to_itself()
    {
        using var folder = new TemporaryFolder();
        using var kafka = await KafkaProcess.StartAsync(
            RealBroker.HomeOrSkip(),
            folder.Path,
            $"""
            listener.security.protocol.map=PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT
            sasl.mechanism.inter.broker.protocol=PLAIN
            listener.name.plaintext.sasl.enabled.mechanisms=PLAIN
            listener.name.plaintext.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username="broker" password="b" user_broker="b" user_hnm="{Password}";
            """);
        var wrong = await TabularService.SettingsAsync(kafka.Bootstrap, "t", folder, Sasl(Password + "-wrong"));
        var (refused, said) = await HnmProcess.RunAsync([.. wrong]);
        Assert.Equal(1, refused);
        Assert.Contains("refuses this service", said, StringComparison.Ordinal);
        Assert.Contains("kafka.client", said, StringComparison.Ordinal);
        Assert.DoesNotContain(Password, said, StringComparison.Ordinal);

        var right = await TabularService.SettingsAsync(kafka.Bootstrap, "t", folder, Sasl(Password));
        await using var let = HnmProcess.Start([.. right]);
        await let.LineAsync("there is no topic t");
        let.Terminate();
        Assert.Equal(0, await let.ExitAsync());
    }

    private static string[] Sasl(string password) =>
    [
        "--set", "kafka.client.security.protocol=SASL_PLAINTEXT", "--set", "kafka.client.sasl.mechanism=PLAIN",
        "--set", "kafka.client.sasl.username=hnm", "--set", $"kafka.client.sasl.password={password}",
    ];

    private static async Task UntilReadySaysAsync(HttpClient http, string text)
    {
        while (!(await TabularService.ReadyAsync(http)).Contains(text, StringComparison.Ordinal))
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, TestContext.Current.CancellationToken);
    }
}
