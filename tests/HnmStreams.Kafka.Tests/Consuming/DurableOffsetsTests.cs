using Confluent.Kafka;
using Confluent.Kafka.Admin;
using HnmStreams.Data.Records;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Consuming;
using HnmStreams.Kafka.Consuming.Groups;
using HnmStreams.Kafka.Offsets;
using HnmStreams.Kafka.Tests.Brokers;
using HnmStreams.Kafka.Tests.Clients;
using HnmStreams.Kafka.Topics;
using HnmStreams.Testing.Brokers;
using Microsoft.Extensions.Logging.Abstractions;

namespace HnmStreams.Kafka.Tests.Consuming;

/// <summary>Tests of what checkpoints need from Kafka: commits on request only, detection of re-created topics, and commits before partitions are revoked.</summary>
[Collection(RealBrokerTestGroup.Name)]
public sealed class DurableOffsetsTests(RealBroker broker)
{
    [Fact(Timeout = 180_000)]
    public async Task Commits_only_the_requested_positions_even_after_a_drain()
    {
        var kafka = await KafkaAsync(2);
        await WriteAsync(kafka, 100, 2);
        await using (var consumer = Consumer(kafka))
        {
            consumer.Start();
            await ReceivedRecord.ReadAsync(consumer, 100, TestContext.Current.CancellationToken);
            Assert.All(Committed(kafka, 2), offset => Assert.True(offset.IsSpecial));
            await consumer.CommitAsync([new StreamPosition(kafka.Topic, 0, 17)], TestContext.Current.CancellationToken);
            Assert.Equal([17, Offset.Unset.Value], Committed(kafka, 2).Select(o => o.Value));

            await consumer.DrainAsync(TestContext.Current.CancellationToken);
            await consumer.CommitAsync([new StreamPosition(kafka.Topic, 1, 50), new StreamPosition("another", 0, 3)], TestContext.Current.CancellationToken);
        }

        Assert.Equal([17, 50], Committed(kafka, 2).Select(o => o.Value));
        await using var stopped = Consumer(kafka);
        await stopped.StopAsync(TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<InvalidOperationException>(() => stopped.CommitAsync([], TestContext.Current.CancellationToken));
    }

    [Fact(Timeout = 180_000)]
    public async Task The_position_of_the_ledger_takes_precedence_over_the_committed_offset()
    {
        var kafka = await KafkaAsync(1);
        await WriteAsync(kafka, 30, 1);
        await using (var consumer = Consumer(kafka))
        {
            consumer.Start();
            await ReceivedRecord.ReadAsync(consumer, 30, TestContext.Current.CancellationToken);
            await consumer.CommitAsync([new StreamPosition(kafka.Topic, 0, 30)], TestContext.Current.CancellationToken);
        }

        await using var next = Consumer(kafka, new PositionLedger([new StreamPosition(kafka.Topic, 0, 12)]));
        next.Start();
        Assert.Equal(12, (await ReceivedRecord.ReadAsync(next, 18, TestContext.Current.CancellationToken))[0].Record.Offset);
    }

    [Fact(Timeout = 180_000)]
    public async Task A_re_created_topic_has_another_id_and_faults_the_consumer()
    {
        var kafka = await KafkaAsync(1);
        kafka.Consumer["topic.metadata.refresh.interval.ms"] = "500";
        var before = await TopicIdentity.ReadAsync(kafka, TestContext.Current.CancellationToken);
        await WriteAsync(kafka, 20, 1);
        await using var consumer = Consumer(kafka);
        consumer.Start();
        await ReceivedRecord.ReadAsync(consumer, 20, TestContext.Current.CancellationToken);

        await TopicAdmin.DeleteAsync(kafka, kafka.Topic);
        // Bounded by the timeout of the test.
        while (await TopicIdentity.ReadAsync(kafka, TestContext.Current.CancellationToken) is not null)
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.True(await TopicAdmin.CreateAsync(kafka, kafka.Topic, 1));
        var after = await TopicIdentity.ReadAsync(kafka, TestContext.Current.CancellationToken);
        await WriteAsync(kafka, 5, 1);

        Assert.Equal((before!.ClusterId, 1), (after!.ClusterId, after.Partitions));
        Assert.NotEqual("", before.ClusterId);
        Assert.NotEqual("", before.TopicId);
        Assert.NotEqual(before.TopicId, after.TopicId);
        // Either the offset goes back or the partitions are lost, depending on timing. The new topic is never read silently.
        var error = await Assert.ThrowsAnyAsync<InvalidOperationException>(async () => await consumer.Chunks.Completion.WaitAsync(TestContext.Current.CancellationToken));
        Assert.True(error is StalePositionException or PartitionsLostException, error.ToString());
    }

    [Fact(Timeout = 180_000)]
    public async Task Partitions_added_during_a_run_are_read_from_their_beginning()
    {
        var kafka = await KafkaAsync(1);
        kafka.Consumer["topic.metadata.refresh.interval.ms"] = "500";
        await WriteAsync(kafka, 10, 1);
        await using var consumer = Consumer(kafka, from: new StartPosition.Latest());
        consumer.Start();
        await consumer.WaitForEndAsync(TestContext.Current.CancellationToken);
        Assert.Equal(10, consumer.Starts[0]);

        using (var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = kafka.BootstrapServers }).Build())
            await admin.CreatePartitionsAsync([new PartitionsSpecification { Topic = kafka.Topic, IncreaseTo = 2 }]);
        await WriteAsync(kafka, 6, 2, from: 1);

        var received = await ReceivedRecord.ReadAsync(consumer, 3, TestContext.Current.CancellationToken);
        Assert.Equal(0, received.Where(k => k.Record.Partition == 1).Select(k => k.Record.Offset).DefaultIfEmpty(0).Min());
    }

    [Fact(Timeout = 180_000)]
    public async Task Logs_records_deleted_by_retention_and_continues_after_them()
    {
        var kafka = await KafkaAsync(1);
        await WriteAsync(kafka, 3_000, 1);
        await DeleteRecordsAsync(kafka, before: 500);
        var logs = new LogLines();
        await using var consumer = new RecordConsumer(
            kafka,
            new ConsumingOptions { ChunkRecords = 50, ChannelChunks = 1, BlockBeforePause = TimeSpan.FromMilliseconds(100) },
            new StartPosition.Earliest(),
            new PositionLedger([new StreamPosition(kafka.Topic, 0, 100)]),
            TimeProvider.System,
            logs);
        consumer.Start();
        // Without a reader, the consumer pauses and discards the records that it has fetched.
        while (!consumer.Status.Paused)
            await consumer.NextAdvance.WaitAsync(TestContext.Current.CancellationToken);
        await DeleteRecordsAsync(kafka, before: 2_900);

        var received = new List<long>();
        while (received.Count == 0 || received[^1] < 2_999)
            received.AddRange((await ReceivedRecord.ReadChunkAsync(consumer, TestContext.Current.CancellationToken)).Select(k => k.Record.Offset));
        Assert.Equal(500, received[0]);
        var last = received.FindIndex(offset => offset >= 2_900) - 1;
        Assert.Equal(received, [.. Enumerable.Range(500, last + 1).Select(i => (long)i), .. Enumerable.Range(2_900, 100).Select(i => (long)i)]);
        Assert.Contains(logs.Lines, line => line.Contains("Offsets 100 to 499 of", StringComparison.Ordinal));
        Assert.Contains(logs.Lines, line => line.Contains($"Offsets {received[last] + 1} to 2899 of", StringComparison.Ordinal));
    }

    [Theory(Timeout = 180_000)]
    [InlineData("cooperative-sticky")]
    [InlineData("range")]
    public async Task Commits_can_be_made_inside_the_revoked_callback(string strategy)
    {
        var kafka = await KafkaAsync(2);
        kafka.Consumer["partition.assignment.strategy"] = strategy;
        await WriteAsync(kafka, 40, 2);
        var callback = new CommitOnRevoke(kafka.Topic);
        await using var first = new RecordConsumer(kafka, new ConsumingOptions(), new StartPosition.Earliest(), null, TimeProvider.System, NullLogger.Instance, callback);
        callback.Consumer = first;
        first.Start();
        var received = await ReceivedRecord.ReadAsync(first, 40, TestContext.Current.CancellationToken);

        await using (var second = Consumer(kafka))
        {
            second.Start();
            await callback.Revoked.WaitAsync(TestContext.Current.CancellationToken);
            Assert.Contains(Committed(kafka, 2), offset => offset.Value == 20);
            await second.WaitForEndAsync(TestContext.Current.CancellationToken);
        }

        // All partitions are assigned again, and reading continues at their positions.
        await WriteAsync(kafka, 20, 2);
        received.AddRange(await ReceivedRecord.ReadAsync(first, 20, TestContext.Current.CancellationToken));
        foreach (var partition in received.GroupBy(k => k.Record.Partition))
            Assert.Equal(Enumerable.Range(0, 30).Select(i => (long)i), partition.Select(k => k.Record.Offset));
    }

    private static RecordConsumer Consumer(KafkaOptions kafka, IPositionLedger? ledger = null, StartPosition? from = null) =>
        new(kafka, new ConsumingOptions(), from ?? new StartPosition.Earliest(), ledger, TimeProvider.System, NullLogger.Instance);

    private static List<Offset> Committed(KafkaOptions kafka, int partitions)
    {
        using var reader = new ConsumerBuilder<Ignore, Ignore>(new ConsumerConfig { BootstrapServers = kafka.BootstrapServers, GroupId = kafka.GroupId }).Build();
        return reader.Committed(Enumerable.Range(0, partitions).Select(p => new TopicPartition(kafka.Topic, p)), TimeSpan.FromSeconds(30)).ConvertAll(c => c.Offset);
    }

    private static async Task WriteAsync(KafkaOptions kafka, int count, int partitions, int? from = null)
    {
        using var producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig { BootstrapServers = kafka.BootstrapServers }).Build();
        await Task.WhenAll(Enumerable.Range(0, count).Select(i => producer.ProduceAsync(
            new TopicPartition(kafka.Topic, from ?? (i % partitions)), new Message<Null, byte[]> { Value = BitConverter.GetBytes(i) })));
    }

    private static async Task DeleteRecordsAsync(KafkaOptions kafka, long before)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = kafka.BootstrapServers }).Build();
        await admin.DeleteRecordsAsync([new TopicPartitionOffset(kafka.Topic, 0, before)]);
    }

    private async Task<KafkaOptions> KafkaAsync(int partitions)
    {
        var topic = await broker.CreateTopicAsync(partitions);
        return new KafkaOptions { BootstrapServers = await broker.BootstrapOrSkipAsync(), Topic = topic, GroupId = topic };
    }

    private sealed class CommitOnRevoke(string topic) : IRebalanceListener
    {
        private readonly TaskCompletionSource _revoked = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public RecordConsumer Consumer { get; set; } = null!;

        public Task Revoked => _revoked.Task;

        public async Task BeforeRevokedAsync(IReadOnlyList<int> partitions)
        {
            await Consumer.CommitAsync([.. partitions.Select(p => new StreamPosition(topic, p, 20))], CancellationToken.None);
            _revoked.TrySetResult();
        }
    }
}
