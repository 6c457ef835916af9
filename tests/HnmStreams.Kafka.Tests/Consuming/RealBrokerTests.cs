using Confluent.Kafka;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Consuming;
using HnmStreams.Kafka.Offsets;
using HnmStreams.Kafka.Tests.Brokers;
using HnmStreams.Testing.Brokers;
using Microsoft.Extensions.Logging.Abstractions;

namespace HnmStreams.Kafka.Tests.Consuming;

/// <summary>Tests of features that librdkafka's mock cluster does not have: offsets for times, transactions, fast rebalances, fencing.</summary>
[Collection(RealBrokerTestGroup.Name)]
public sealed class RealBrokerTests(RealBroker broker)
{
    [Fact(Timeout = 180_000)]
    public async Task Starts_at_a_time()
    {
        var topic = await broker.CreateTopicAsync(partitions: 2);
        var middle = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000);
        await WriteAsync(topic, Enumerable.Range(0, 20).Select(i => (i, i % 2, middle.AddSeconds(i - 10))));
        await using var consumer = await ConsumerAsync(topic, new StartPosition.AtTime(middle));
        consumer.Start();

        var received = await ReceivedRecord.ReadAsync(consumer, 10, TestContext.Current.CancellationToken);

        Assert.Equal(Enumerable.Range(10, 10), received.Select(record => record.Number).Order());
    }

    [Fact(Timeout = 180_000)]
    public async Task A_start_time_after_the_last_record_means_the_end()
    {
        var topic = await broker.CreateTopicAsync(partitions: 1);
        var old = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000);
        await WriteAsync(topic, [(0, 0, old)]);
        await using var consumer = await ConsumerAsync(topic, new StartPosition.AtTime(old.AddHours(1)));
        consumer.Start();
        await consumer.WaitForEndAsync(TestContext.Current.CancellationToken);

        await WriteAsync(topic, [(1, 0, old)]);

        Assert.Equal(1, (await ReceivedRecord.ReadChunkAsync(consumer, TestContext.Current.CancellationToken)).Single().Number);
    }

    [Fact(Timeout = 180_000)]
    public async Task Transaction_markers_and_aborted_records_count_as_offset_gaps()
    {
        var topic = await broker.CreateTopicAsync(partitions: 1);
        using (var producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig { BootstrapServers = await broker.BootstrapOrSkipAsync(), TransactionalId = topic }).Build())
        {
            producer.InitTransactions(TimeSpan.FromSeconds(60));
            for (var i = 0; i < 4; i++)
            {
                producer.BeginTransaction();
                producer.Produce(topic, new Message<Null, byte[]> { Value = BitConverter.GetBytes(i) });
                // Without a flush, an aborted transaction would not be sent at all.
                producer.Flush(TestContext.Current.CancellationToken);
                if (i % 2 == 0)
                    producer.CommitTransaction(TimeSpan.FromSeconds(60));
                else
                    producer.AbortTransaction(TimeSpan.FromSeconds(60));
            }
        }

        await using var consumer = await ConsumerAsync(topic, new StartPosition.Earliest());
        consumer.Start();
        await consumer.WaitForEndAsync(TestContext.Current.CancellationToken);
        await consumer.StopAsync(TestContext.Current.CancellationToken);
        var received = await ReceivedRecord.ReadToEndAsync(consumer, TestContext.Current.CancellationToken);

        // Each transaction has one record and one marker: the records are at 0, 2, 4 and 6; those at 2 and 6 were aborted.
        Assert.Equal([(0, 0L), (2, 4L)], received.Select(record => (record.Number, record.Record.Offset)));
        Assert.Equal(3, consumer.Status.OffsetGaps);
        Assert.Equal(8, consumer.NextOffset(topic, 0));
    }

    [Fact(Timeout = 180_000)]
    public async Task The_first_member_repeats_no_record_when_another_joins_and_leaves()
    {
        var topic = await broker.CreateTopicAsync(partitions: 4);
        await WriteAsync(topic, Enumerable.Range(0, 400).Select(i => (i, i % 4, DateTimeOffset.UnixEpoch)));
        await using var first = await ConsumerAsync(topic, new StartPosition.Earliest());
        first.Start();
        var received = await ReceivedRecord.ReadAsync(first, 400, TestContext.Current.CancellationToken);

        await using (var second = await ConsumerAsync(topic, new StartPosition.Earliest()))
        {
            second.Start();
            await ReceivedRecord.ReadAsync(second, 1, TestContext.Current.CancellationToken);
            while (first.Status.Partitions.Count(partition => partition.IsAssigned) != 2 || second.Status.Partitions.Count(partition => partition.IsAssigned) != 2)
                await first.NextAdvance.WaitAsync(TestContext.Current.CancellationToken);
        }

        await WriteAsync(topic, Enumerable.Range(400, 400).Select(i => (i, i % 4, DateTimeOffset.UnixEpoch)));
        received.AddRange(await ReceivedRecord.ReadAsync(first, 400, TestContext.Current.CancellationToken));

        Assert.Equal(Enumerable.Range(0, 800), received.Select(record => record.Number).Order());
    }

    [Fact(Timeout = 180_000)]
    public async Task A_fatal_error_faults_the_channel()
    {
        var topic = await broker.CreateTopicAsync(partitions: 1);
        await using var first = await ConsumerAsync(topic, new StartPosition.Earliest(), ("group.instance.id", "instance-1"));
        first.Start();
        await first.WaitForEndAsync(TestContext.Current.CancellationToken);

        // A second member with the same group.instance.id fences the first, which is a fatal error for it.
        await using var second = await ConsumerAsync(topic, new StartPosition.Earliest(), ("group.instance.id", "instance-1"));
        second.Start();
        var error = await Assert.ThrowsAnyAsync<KafkaException>(async () => await first.Chunks.Completion.WaitAsync(TestContext.Current.CancellationToken));

        Assert.True(error.Error.IsFatal);
        Assert.NotNull(first.Status.LastError);
        await second.WaitForEndAsync(TestContext.Current.CancellationToken);
    }

    private async Task<RecordConsumer> ConsumerAsync(string topic, StartPosition from, params (string Key, string Value)[] settings) => new(
        new KafkaOptions
        {
            BootstrapServers = await broker.BootstrapOrSkipAsync(),
            Topic = topic,
            GroupId = topic,
            Consumer = settings.ToDictionary(setting => setting.Key, setting => setting.Value, StringComparer.Ordinal),
        },
        new ConsumingOptions(), from, null, TimeProvider.System, NullLogger.Instance);

    private async Task WriteAsync(string topic, IEnumerable<(int Number, int Partition, DateTimeOffset Time)> records)
    {
        using var producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig { BootstrapServers = await broker.BootstrapOrSkipAsync(), LingerMs = 5 }).Build();
        await Task.WhenAll(records.Select(record => producer.ProduceAsync(
            new TopicPartition(topic, record.Partition),
            new Message<Null, byte[]> { Value = BitConverter.GetBytes(record.Number), Timestamp = new Timestamp(record.Time) })));
    }
}
