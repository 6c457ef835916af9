using HnmStreams.Kafka.Clients;

namespace HnmStreams.Kafka.Tests.Clients;

public sealed class ClientSettingsTests
{
    private static readonly KafkaOptions Kafka = new()
    {
        BootstrapServers = "h:1",
        Client = { ["security.protocol"] = "sasl_ssl", ["client.id"] = "mine", ["fetch.wait.max.ms"] = "70" },
        Consumer = { ["fetch.wait.max.ms"] = "80" },
        Producer = { ["linger.ms"] = "90" },
    };

    [Fact]
    public void The_users_settings_win_over_tuning_and_the_nearer_over_the_wider()
    {
        var consumer = ClientSettings.ForConsumer(Kafka);

        Assert.Equal("80", consumer["fetch.wait.max.ms"]);
        Assert.Equal("sasl_ssl", consumer["security.protocol"]);
        Assert.Equal("mine", consumer["client.id"]);
        Assert.Equal("90", ClientSettings.ForExamples(Kafka, new ProducingOptions())["linger.ms"]);
        Assert.Equal("90", ClientSettings.ForDeadLetters(Kafka)["linger.ms"]);
    }

    [Fact]
    public void What_offsets_rest_on_is_always_there()
    {
        var consumer = ClientSettings.ForConsumer(Kafka);

        Assert.Equal("false", consumer["enable.auto.commit"]);
        Assert.Equal("false", consumer["enable.auto.offset.store"]);
        Assert.Equal("cooperative-sticky", consumer["partition.assignment.strategy"]);
        Assert.Equal("earliest", consumer["auto.offset.reset"]);
    }

    [Fact]
    public void A_missing_address_is_named() =>
        Assert.Contains("Kafka:BootstrapServers", Assert.Throws<InvalidOperationException>(() => ClientSettings.ForConsumer(new KafkaOptions())).Message, StringComparison.Ordinal);
}
