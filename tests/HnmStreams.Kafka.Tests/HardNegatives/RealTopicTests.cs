using Confluent.Kafka;
using Confluent.Kafka.Admin;
using HnmStreams.Data.Records;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.HardNegatives;
using HnmStreams.Kafka.Tests.Brokers;
using HnmStreams.Kafka.Topics;
using Microsoft.Extensions.Logging.Abstractions;

namespace HnmStreams.Kafka.Tests.HardNegatives;

/// <summary>What only a real broker does: topics that are made on request, and compacted.</summary>
[Collection(RealBrokerTestGroup.Name)]
public sealed class RealTopicTests(RealBroker broker)
{
    [Fact(Timeout = 180_000)]
    public async Task The_topic_is_made_compacted_where_it_is_missing()
    {
        var kafka = await KafkaAsync($"hard-{Guid.NewGuid():n}");
        await using (var publisher = new HardNegativePublisher(kafka, TimeProvider.System, NullLogger.Instance))
        {
            publisher.Begin([Entry("a"), Entry("b")]);
            await publisher.FlushAsync(TestContext.Current.CancellationToken);
            publisher.Leave("a", 0);
            await publisher.FlushAsync(TestContext.Current.CancellationToken);
        }

        Assert.Equal(["b#0"], ToldTopic.Read(kafka.BootstrapServers!, kafka.HardNegativesTopic!, TestContext.Current.CancellationToken).Keys);
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = kafka.BootstrapServers }).Build();
        var found = await admin.DescribeConfigsAsync([new ConfigResource { Type = ResourceType.Topic, Name = kafka.HardNegativesTopic }]);
        Assert.Equal("compact", found[0].Entries["cleanup.policy"].Value);
        Assert.Null(await CompactedTopic.EnsureAsync(kafka, kafka.HardNegativesTopic!));

        await using var later = new HardNegativePublisher(kafka, TimeProvider.System, NullLogger.Instance);
        later.Begin([Entry("c")]);
        await later.FlushAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["c#0"], ToldTopic.Read(kafka.BootstrapServers!, kafka.HardNegativesTopic!, TestContext.Current.CancellationToken).Keys);
    }

    [Fact]
    public async Task One_that_is_there_and_not_compacted_is_complained_of_and_left_as_it_is()
    {
        var kafka = await KafkaAsync(await broker.CreateTopicAsync(partitions: 1));
        var complaint = await CompactedTopic.EnsureAsync(kafka, kafka.HardNegativesTopic!);
        Assert.Contains("cleanup.policy=delete", complaint, StringComparison.Ordinal);
    }

    private async Task<KafkaOptions> KafkaAsync(string topic) => new() { BootstrapServers = await broker.BootstrapOrSkipAsync(), HardNegativesTopic = topic };

    private static HardNegativeEntry Entry(string id) => new(id, 0, 0.5f, 3, HardNegativeReasons.Room, null, 0, new Origin("t", 0, 7));
}
