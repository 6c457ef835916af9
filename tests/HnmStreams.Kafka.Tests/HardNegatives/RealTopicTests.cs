using Confluent.Kafka;
using Confluent.Kafka.Admin;
using HnmStreams.Data.Records;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.HardNegatives;
using HnmStreams.Kafka.Tests.Brokers;
using HnmStreams.Kafka.Topics;
using HnmStreams.Testing.Brokers;
using Microsoft.Extensions.Logging.Abstractions;

namespace HnmStreams.Kafka.Tests.HardNegatives;

/// <summary>Tests of features that only a real broker has: creation of topics on request, and compaction.</summary>
[Collection(RealBrokerTestGroup.Name)]
public sealed class RealTopicTests(RealBroker broker)
{
    [Fact(Timeout = 180_000)]
    public async Task Creates_a_missing_topic_as_compacted()
    {
        var kafka = await KafkaAsync($"hard-{Guid.NewGuid():n}");
        await using (var publisher = new HardNegativePublisher(kafka, TimeProvider.System, NullLogger.Instance))
        {
            publisher.Begin([Entry("a"), Entry("b")]);
            await publisher.FlushAsync(TestContext.Current.CancellationToken);
            publisher.Leave("a", 0);
            await publisher.FlushAsync(TestContext.Current.CancellationToken);
        }

        Assert.Equal(["b#0"], HardNegativesReader.Read(kafka.BootstrapServers!, kafka.HardNegativesTopic!, TestContext.Current.CancellationToken).Keys);
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = kafka.BootstrapServers }).Build();
        var found = await admin.DescribeConfigsAsync([new ConfigResource { Type = ResourceType.Topic, Name = kafka.HardNegativesTopic }]);
        Assert.Equal("compact", found[0].Entries["cleanup.policy"].Value);
        Assert.Null(await CompactedTopic.EnsureAsync(kafka, kafka.HardNegativesTopic!));

        await using var later = new HardNegativePublisher(kafka, TimeProvider.System, NullLogger.Instance);
        later.Begin([Entry("c")]);
        await later.FlushAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["c#0"], HardNegativesReader.Read(kafka.BootstrapServers!, kafka.HardNegativesTopic!, TestContext.Current.CancellationToken).Keys);
    }

    [Fact(Timeout = 180_000)]
    public async Task Reports_an_existing_topic_that_is_not_compacted_and_does_not_change_it()
    {
        var kafka = await KafkaAsync(await broker.CreateTopicAsync(partitions: 1));
        var problem = await CompactedTopic.EnsureAsync(kafka, kafka.HardNegativesTopic!).WaitAsync(TestContext.Current.CancellationToken);
        Assert.Contains("'cleanup.policy' must be 'compact' but is 'delete'", problem, StringComparison.Ordinal);
    }

    private async Task<KafkaOptions> KafkaAsync(string topic) => new() { BootstrapServers = await broker.BootstrapOrSkipAsync(), HardNegativesTopic = topic };

    private static HardNegativeEntry Entry(string id) => new(id, 0, 0.5f, 3, HardNegativeReasons.Room, null, 0, new Origin("t", 0, 7));
}
