using Confluent.Kafka;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Consuming;
using HnmStreams.Kafka.Offsets;
using HnmStreams.Kafka.Tests.Brokers;
using HnmStreams.Testing.Brokers;
using Microsoft.Extensions.Logging.Abstractions;

namespace HnmStreams.Kafka.Tests.Consuming;

/// <summary>Tests of batches that librdkafka cannot decompress, because the result would be larger than <c>receive.message.max.bytes</c>.</summary>
[Collection(RealBrokerTestGroup.Name)]
public sealed class UnreadableBatchTests(RealBroker broker)
{
    [Fact(Timeout = 180_000)]
    public async Task A_batch_that_cannot_be_decompressed_is_skipped()
    {
        using var stream = new EmbeddedStream();
        await SkipsAsync(EmbeddedStream.Topic, stream.Cluster.BootstrapServers);
    }

    [Fact(Timeout = 180_000)]
    public async Task A_batch_that_cannot_be_decompressed_is_skipped_on_a_real_broker() =>
        await SkipsAsync(await broker.CreateTopicAsync(partitions: 1), await broker.BootstrapOrSkipAsync());

    [Fact(Timeout = 180_000)]
    public async Task An_unreadable_batch_at_the_end_of_the_topic_does_not_delay_the_end()
    {
        using var stream = new EmbeddedStream();
        await UnreadableBatch.WriteAsync(EmbeddedStream.Topic, stream.Cluster.BootstrapServers);
        await using var consumer = Consumer(EmbeddedStream.Topic, stream.Cluster.BootstrapServers, attempts: 2);
        consumer.Start();

        await consumer.WaitForEndAsync(TestContext.Current.CancellationToken);

        var record = Assert.Single(await ReceivedRecord.ReadChunkAsync(consumer, TestContext.Current.CancellationToken));
        Assert.Equal((0, UnreadableBatch.Records - 1), (record.Record.Unreadable!.First, record.Record.Unreadable.Last));
    }

    [Fact(Timeout = 180_000)]
    public async Task The_status_names_the_stuck_partition_until_the_batch_is_skipped()
    {
        using var stream = new EmbeddedStream();
        await stream.WriteNumbersAsync(3);
        await UnreadableBatch.WriteAsync(EmbeddedStream.Topic, stream.Cluster.BootstrapServers);
        await using var consumer = Consumer(EmbeddedStream.Topic, stream.Cluster.BootstrapServers, attempts: 10_000);
        consumer.Start();
        while (consumer.Status.Stuck.Count == 0)
            await consumer.NextAdvance.WaitAsync(TestContext.Current.CancellationToken);

        var stuck = Assert.Single(consumer.Status.Stuck);
        Assert.Equal((0, 3L, nameof(ErrorCode.Local_BadCompression)), (stuck.Partition, stuck.Offset, stuck.Code));
        Assert.Contains("Decompression", stuck.Text, StringComparison.Ordinal);
        Assert.Equal(UnreadableBatch.Records, consumer.Status.Lag);
        Assert.False(consumer.EndReached);
    }

    private static async Task SkipsAsync(string topic, string bootstrap)
    {
        await WriteAsync(topic, bootstrap, 0, 3);
        await UnreadableBatch.WriteAsync(topic, bootstrap);
        await WriteAsync(topic, bootstrap, 3, 2);
        await UnreadableBatch.WriteAsync(topic, bootstrap);
        await UnreadableBatch.WriteAsync(topic, bootstrap);
        await WriteAsync(topic, bootstrap, 5, 400);
        await using var consumer = Consumer(topic, bootstrap, attempts: 3);
        consumer.Start();

        await consumer.WaitForEndAsync(TestContext.Current.CancellationToken);
        await consumer.StopAsync(TestContext.Current.CancellationToken);
        var received = await ReceivedRecord.ReadToEndAsync(consumer, TestContext.Current.CancellationToken);

        Assert.Equal(Enumerable.Range(0, 405), received.Where(record => record.Record.Unreadable is null).Select(record => record.Number));
        var skipped = received.Select(record => record.Record.Unreadable).OfType<HnmStreams.Data.Records.UnreadableOffsets>().ToList();
        Assert.Equal([(3L, 9L), (12L, 18L), (19L, 25L)], skipped.Select(offsets => (offsets.First, offsets.Last)));
        Assert.All(skipped, offsets => Assert.Contains("Decompression", offsets.Error, StringComparison.Ordinal));
        Assert.Equal(received.Select(record => record.Record.Offset).Order(), received.Select(record => record.Record.Offset));
        Assert.Equal((3 * UnreadableBatch.Records, 0, 426), (consumer.Status.Unreadable, consumer.Status.Stuck.Count, consumer.NextOffset(topic, 0)));
    }

    private static RecordConsumer Consumer(string topic, string bootstrap, int attempts) => new(
        new KafkaOptions
        {
            BootstrapServers = bootstrap,
            Topic = topic,
            GroupId = topic,
            Consumer = UnreadableBatch.ConsumerLimits.ToDictionary(StringComparer.Ordinal),
        },
        new ConsumingOptions { UnreadableAttempts = attempts }, new StartPosition.Earliest(), null, TimeProvider.System, NullLogger.Instance);

    private static async Task WriteAsync(string topic, string bootstrap, int first, int count)
    {
        using var producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig { BootstrapServers = bootstrap, LingerMs = 5 }).SetLogHandler((_, _) => { }).Build();
        await Task.WhenAll(Enumerable.Range(first, count).Select(i =>
            producer.ProduceAsync(new TopicPartition(topic, 0), new Message<Null, byte[]> { Value = BitConverter.GetBytes(i) })));
    }
}
