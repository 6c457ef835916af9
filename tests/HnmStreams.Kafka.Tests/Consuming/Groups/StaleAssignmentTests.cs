using Confluent.Kafka;
using Confluent.Kafka.Admin;
using HnmStreams.Data.Records;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Consuming;
using HnmStreams.Kafka.Offsets;
using HnmStreams.Kafka.Tests.Brokers;
using HnmStreams.Kafka.Tests.Clients;
using HnmStreams.Testing.Brokers;

namespace HnmStreams.Kafka.Tests.Consuming.Groups;

/// <summary>Tests of static members that restart within the session timeout and get their old assignment (KIP-345).</summary>
[Collection(RealBrokerTestGroup.Name)]
public sealed class StaleAssignmentTests(RealBroker broker)
{
    private readonly LogLines _logs = new();

    [Theory(Timeout = 180_000)]
    [InlineData("cooperative-sticky")]
    [InlineData("range")]
    [InlineData(null)]
    public async Task Reads_only_the_new_topic_after_a_quick_restart_with_another_topic(string? strategy)
    {
        var (old, changed) = (await broker.CreateTopicAsync(partitions: 3), await broker.CreateTopicAsync(partitions: 2));
        await WriteAsync(old, 30, 3, first: 0);
        await RunAsync(await KafkaAsync(old, old, strategy), 30);
        await WriteAsync(old, 30, 3, first: 30);
        await WriteAsync(changed, 40, 2, first: 1_000);

        await using var consumer = Consumer(await KafkaAsync(changed, old, strategy));
        consumer.Start();
        var received = await ReceivedRecord.ReadAsync(consumer, 40, TestContext.Current.CancellationToken);
        await consumer.WaitForEndAsync(TestContext.Current.CancellationToken);
        await WriteAsync(old, 30, 3, first: 60);
        await WriteAsync(changed, 2, 2, first: 1_040);
        received.AddRange(await ReceivedRecord.ReadAsync(consumer, 2, TestContext.Current.CancellationToken));

        Assert.Equal(Enumerable.Range(1_000, 42), received.Select(record => record.Number).Order());
        Assert.All(received, record => Assert.Equal(changed, record.Record.Topic));
        Assert.Equal([0, 1], consumer.Status.Partitions.Select(partition => partition.Partition));
        // With KIP-848 the broker computes a new assignment; with the classic protocol it returns the old one.
        if (strategy is not null)
            Assert.Contains(_logs.Lines, line => line.Contains($"assigned partitions of {old}", StringComparison.Ordinal));
    }

    [Theory(Timeout = 180_000)]
    [InlineData("cooperative-sticky")]
    [InlineData("range")]
    [InlineData(null)]
    public async Task Reads_partitions_that_were_added_before_a_quick_restart(string? strategy)
    {
        var topic = await broker.CreateTopicAsync(partitions: 1);
        await WriteAsync(topic, 10, 1, first: 0);
        await RunAsync(await KafkaAsync(topic, topic, strategy), 10);
        await AddPartitionsAsync(topic, 3);
        await WriteAsync(topic, 30, 3, first: 10);

        await using var consumer = Consumer(await KafkaAsync(topic, topic, strategy), new PositionLedger([new StreamPosition(topic, 0, 10)]));
        consumer.Start();
        await consumer.WaitForEndAsync(TestContext.Current.CancellationToken);
        var received = await ReceivedRecord.ReadAsync(consumer, 30, TestContext.Current.CancellationToken);

        Assert.Equal(Enumerable.Range(10, 30), received.Select(record => record.Number).Order());
        Assert.Equal(30, consumer.Status.Records);
        Assert.Equal([0, 1, 2], consumer.Status.Partitions.Select(partition => partition.Partition));
        if (strategy is not null)
            Assert.Contains(_logs.Lines, line => line.Contains($"{topic}[1,2] exist but are assigned to no member", StringComparison.Ordinal));
    }

    [Fact(Timeout = 180_000)]
    public async Task The_lag_covers_partitions_of_other_members()
    {
        var topic = await broker.CreateTopicAsync(partitions: 2);
        var kafka = await KafkaAsync(topic, topic, "cooperative-sticky");
        kafka.Consumer.Remove("group.instance.id");
        await using var other = Consumer(kafka);
        other.Start();
        await other.WaitForEndAsync(TestContext.Current.CancellationToken);
        await using var consumer = Consumer(kafka, options: new ConsumingOptions { ChunkRecords = 10, ChannelChunks = 1 });
        consumer.Start();
        while (consumer.Status.Partitions.Count(partition => partition.IsAssigned) != 1 || consumer.Status.Partitions.Count != 2)
            await consumer.NextAdvance.WaitAsync(TestContext.Current.CancellationToken);

        Assert.Equal([0, 1], consumer.Status.Partitions.Select(partition => partition.Partition));
        await consumer.WaitForEndAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain(_logs.Lines, line => line.Contains("rejoins the group", StringComparison.Ordinal));
    }

    private RecordConsumer Consumer(KafkaOptions kafka, IPositionLedger? ledger = null, ConsumingOptions? options = null) =>
        new(kafka, options ?? new ConsumingOptions(), new StartPosition.Earliest(), ledger, TimeProvider.System, _logs);

    /// <summary>Reads records and closes the consumer. Closing does not remove a static member from its group.</summary>
    private async Task RunAsync(KafkaOptions kafka, int records)
    {
        await using var consumer = Consumer(kafka);
        consumer.Start();
        await ReceivedRecord.ReadAsync(consumer, records, TestContext.Current.CancellationToken);
    }

    /// <param name="strategy">The assignment strategy of the classic protocol; null for the protocol of KIP-848.</param>
    private async Task<KafkaOptions> KafkaAsync(string topic, string group, string? strategy)
    {
        var kafka = new KafkaOptions { BootstrapServers = await broker.BootstrapOrSkipAsync(), Topic = topic, GroupId = group };
        kafka.Consumer["group.instance.id"] = "learner";
        if (strategy is null)
            kafka.Consumer["group.protocol"] = "consumer";
        else
            kafka.Consumer["partition.assignment.strategy"] = strategy;
        return kafka;
    }

    private async Task AddPartitionsAsync(string topic, int count)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = await broker.BootstrapOrSkipAsync() }).Build();
        await admin.CreatePartitionsAsync([new PartitionsSpecification { Topic = topic, IncreaseTo = count }]);
    }

    private async Task WriteAsync(string topic, int count, int partitions, int first)
    {
        using var producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig { BootstrapServers = await broker.BootstrapOrSkipAsync(), LingerMs = 5 }).Build();
        await Task.WhenAll(Enumerable.Range(first, count).Select(i => producer.ProduceAsync(
            new TopicPartition(topic, i % partitions), new Message<Null, byte[]> { Value = BitConverter.GetBytes(i) })));
    }
}
