using HnmStreams.EndToEnd.Tests.Processes;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Topics;
using HnmStreams.Testing;
using HnmStreams.Testing.Brokers;

namespace HnmStreams.EndToEnd.Tests.Running;

/// <summary>Tests of a broker outage and of a broker that rejects the service, each with its own Kafka process.</summary>
public sealed class OutageTests
{
    private const string Password = "not-for-any-log";

    [Fact(Timeout = 600_000)]
    public async Task Reports_an_outage_and_continues_when_the_broker_is_back()
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
        await WaitForReadinessAsync(http, "No broker has answered");
        using (var live = await http.GetAsync(new Uri("/healthz/live", UriKind.Relative), TestContext.Current.CancellationToken))
            Assert.True(live.IsSuccessStatusCode);
        await kafka.RestartAsync();
        await WaitForReadinessAsync(http, "Healthy");
        await TabularService.ProduceAsync(settings, 1_000, seed: 2);
        await TabularService.ConsumedAsync(http, 3_000);

        // A stop during an outage still saves the state.
        await kafka.KillAsync();
        await WaitForReadinessAsync(http, "No broker has answered");
        service.Terminate();
        Assert.Equal(0, await service.ExitAsync());
        await kafka.RestartAsync();
        await TabularService.ProduceAsync(settings, 1_000, seed: 3);
        var (next, output) = await HnmProcess.RunAsync([.. settings, "--limit", "4000"]);
        Assert.True(next == 0, output);
        Assert.Contains("completed: 4,000 examples", output, StringComparison.Ordinal);
    }

    [Fact(Timeout = 600_000)]
    public async Task A_rejected_login_names_the_settings_and_hides_the_password()
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
        var (refused, output) = await HnmProcess.RunAsync([.. wrong]);
        Assert.Equal(1, refused);
        Assert.Contains("rejects this service", output, StringComparison.Ordinal);
        Assert.Contains("kafka.client", output, StringComparison.Ordinal);
        Assert.DoesNotContain(Password, output, StringComparison.Ordinal);

        var right = await TabularService.SettingsAsync(kafka.Bootstrap, "t", folder, Sasl(Password));
        await using var accepted = HnmProcess.Start([.. right]);
        await accepted.LineAsync("there is no topic t");
        accepted.Terminate();
        Assert.Equal(0, await accepted.ExitAsync());
    }

    private static string[] Sasl(string password) =>
    [
        "--set", "kafka.client.security.protocol=SASL_PLAINTEXT", "--set", "kafka.client.sasl.mechanism=PLAIN",
        "--set", "kafka.client.sasl.username=hnm", "--set", $"kafka.client.sasl.password={password}",
    ];

    private static async Task WaitForReadinessAsync(HttpClient http, string text)
    {
        while (!(await TabularService.ReadyAsync(http)).Contains(text, StringComparison.Ordinal))
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, TestContext.Current.CancellationToken);
    }
}
