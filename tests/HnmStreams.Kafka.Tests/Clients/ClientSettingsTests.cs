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
    public void User_settings_override_tuning_and_specific_ones_override_general_ones()
    {
        var consumer = ClientSettings.ForConsumer(Kafka, new ConsumingOptions());

        Assert.Equal("80", consumer["fetch.wait.max.ms"]);
        Assert.Equal("sasl_ssl", consumer["security.protocol"]);
        Assert.Equal("mine", consumer["client.id"]);
        Assert.Equal("90", ClientSettings.ForExamples(Kafka, new ProducingOptions())["linger.ms"]);
        Assert.Equal("90", ClientSettings.ForDeadLetters(Kafka, 1 << 20)["linger.ms"]);
    }

    [Fact]
    public void Always_contains_the_settings_that_offsets_depend_on()
    {
        var consumer = ClientSettings.ForConsumer(Kafka, new ConsumingOptions());

        Assert.Equal("false", consumer["enable.auto.commit"]);
        Assert.Equal("false", consumer["enable.auto.offset.store"]);
        Assert.Equal("cooperative-sticky", consumer["partition.assignment.strategy"]);
        Assert.Equal("earliest", consumer["auto.offset.reset"]);
    }

    [Fact]
    public void Rejects_missing_bootstrap_servers() =>
        Assert.Contains("'kafka.bootstrapServers'", Assert.Throws<InvalidOperationException>(() => ClientSettings.ForConsumer(new KafkaOptions(), new ConsumingOptions())).Message, StringComparison.Ordinal);

    [Fact]
    public void The_protocol_of_KIP_848_has_no_assignment_strategy()
    {
        var kafka = new KafkaOptions { BootstrapServers = "h:1", Consumer = { ["group.protocol"] = "consumer" } };
        Assert.DoesNotContain("partition.assignment.strategy", ClientSettings.ForConsumer(kafka, new ConsumingOptions()).Keys);

        kafka.Consumer["partition.assignment.strategy"] = "range";
        var error = Assert.Throws<InvalidOperationException>(() => ClientSettings.ForConsumer(kafka, new ConsumingOptions()));
        Assert.Contains("KIP-848", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, null, "49152", "49152")]
    [InlineData("2000000", null, "49152", "49152")]
    [InlineData(null, "5000000", "5000000", null)]
    [InlineData("10000000", "5000000", "5000000", "5000000")]
    public void A_fetch_response_is_bounded_and_the_message_size_follows(string? message, string? fetch, string expectedFetch, string? expectedMessage)
    {
        var kafka = new KafkaOptions { BootstrapServers = "h:1" };
        if (message is not null)
            kafka.Client["message.max.bytes"] = message;
        if (fetch is not null)
            kafka.Consumer["fetch.max.bytes"] = fetch;
        var consumer = ClientSettings.ForConsumer(kafka, new ConsumingOptions());
        Assert.Equal((expectedFetch, expectedMessage), (consumer["fetch.max.bytes"], consumer.GetValueOrDefault("message.max.bytes")));
    }
}
