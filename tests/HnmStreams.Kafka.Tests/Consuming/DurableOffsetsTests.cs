using Confluent.Kafka;
using Confluent.Kafka.Admin;
using HnmStreams.Data.Records;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Consuming;
using HnmStreams.Kafka.Offsets;
using HnmStreams.Kafka.Tests.Brokers;
using HnmStreams.Kafka.Tests.Clients;
using HnmStreams.Kafka.Topics;
using Microsoft.Extensions.Logging.Abstractions;

namespace HnmStreams.Kafka.Tests.Consuming;

/// <summary>What a checkpoint asks of Kafka: commits when it says so, a topic that is the same one, and partitions that are given back in order.</summary>
[Collection(RealBrokerTestGroup.Name)]
public sealed class DurableOffsetsTests(RealBroker broker)
{
    [Fact(Timeout = 180_000)]
    public async Task Nothing_is_committed_but_what_was_asked_for_also_after_the_last_record()
    {
        var kafka = await KafkaAsync(2);
        await WriteAsync(kafka, 100, 2);
        await using (var consumer = Consumer(kafka))
        {
            consumer.Start();
            await Kept.AtLeastAsync(consumer, 100, TestContext.Current.CancellationToken);
            Assert.All(Committed(kafka, 2), offset => Assert.True(offset.IsSpecial));
            await consumer.CommitAsync([new StreamPosition(kafka.Topic, 0, 17)], TestContext.Current.CancellationToken);
            Assert.Equal([17, Offset.Unset.Value], Committed(kafka, 2).Select(o => o.Value));

            await consumer.DrainAsync(TestContext.Current.CancellationToken);
            await consumer.CommitAsync([new StreamPosition(kafka.Topic, 1, 50), new StreamPosition("another", 0, 3)], TestContext.Current.CancellationToken);
        }

        Assert.Equal([17, 50], Committed(kafka, 2).Select(o => o.Value));
        await using var gone = Consumer(kafka);
        await gone.StopAsync(TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<InvalidOperationException>(() => gone.CommitAsync([], TestContext.Current.CancellationToken));
    }

    [Fact(Timeout = 180_000)]
    public async Task The_ledger_decides_where_it_starts_whatever_the_group_has_committed()
    {
        var kafka = await KafkaAsync(1);
        await WriteAsync(kafka, 30, 1);
        await using (var consumer = Consumer(kafka))
        {
            consumer.Start();
            await Kept.AtLeastAsync(consumer, 30, TestContext.Current.CancellationToken);
            await consumer.CommitAsync([new StreamPosition(kafka.Topic, 0, 30)], TestContext.Current.CancellationToken);
        }

        await using var next = Consumer(kafka, new PositionLedger([new StreamPosition(kafka.Topic, 0, 12)]));
        next.Start();
        Assert.Equal(12, (await Kept.AtLeastAsync(next, 18, TestContext.Current.CancellationToken))[0].Record.Offset);
    }

    [Fact(Timeout = 180_000)]
    public async Task A_topic_made_again_has_another_id_and_stops_whoever_reads_it()
    {
        var kafka = await KafkaAsync(1);
        kafka.Consumer["topic.metadata.refresh.interval.ms"] = "500";
        var before = await TopicIdentity.ReadAsync(kafka, TestContext.Current.CancellationToken);
        await WriteAsync(kafka, 20, 1);
        await using var consumer = Consumer(kafka);
        consumer.Start();
        await Kept.AtLeastAsync(consumer, 20, TestContext.Current.CancellationToken);

        await TopicAdmin.DeleteAsync(kafka, kafka.Topic);
        while (await TopicIdentity.ReadAsync(kafka, TestContext.Current.CancellationToken) is not null)
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.True(await TopicAdmin.CreateAsync(kafka, kafka.Topic, 1));
        var after = await TopicIdentity.ReadAsync(kafka, TestContext.Current.CancellationToken);
        await WriteAsync(kafka, 5, 1);

        Assert.Equal((before!.ClusterId, 1), (after!.ClusterId, after.Partitions));
        Assert.NotEqual("", before.ClusterId);
        Assert.NotEqual("", before.TopicId);
        Assert.NotEqual(before.TopicId, after.TopicId);
        // Either the place is found to be another, or the group takes it away: it is never read as if nothing had happened.
        var error = await Assert.ThrowsAnyAsync<InvalidOperationException>(async () => await consumer.Chunks.Completion.WaitAsync(TestContext.Current.CancellationToken));
        Assert.True(error is StalePositionException or PartitionsLostException, error.ToString());
    }

    [Fact(Timeout = 180_000)]
    public async Task Partitions_added_later_are_read_from_their_beginning_whatever_the_start()
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

        var kept = await Kept.AtLeastAsync(consumer, 3, TestContext.Current.CancellationToken);
        Assert.Equal(0, kept.Where(k => k.Record.Partition == 1).Select(k => k.Record.Offset).DefaultIfEmpty(0).Min());
    }

    [Fact(Timeout = 180_000)]
    public async Task What_retention_took_before_the_start_or_while_it_waited_is_said_and_gone_on_after()
    {
        var kafka = await KafkaAsync(1);
        await WriteAsync(kafka, 3_000, 1);
        await ForgetAsync(kafka, before: 500);
        var logs = new LogLines();
        await using var consumer = new RecordConsumer(
            kafka,
            new ConsumingOptions { ChunkRecords = 50, ChannelChunks = 1, BlockBeforePause = TimeSpan.FromMilliseconds(100) },
            new StartPosition.Earliest(),
            new PositionLedger([new StreamPosition(kafka.Topic, 0, 100)]),
            TimeProvider.System,
            logs);
        consumer.Start();
        // Nobody takes what it reads, so that it pauses and lets go of what was fetched.
        while (!consumer.Status.Paused)
            await consumer.NextAdvance.WaitAsync(TestContext.Current.CancellationToken);
        await ForgetAsync(kafka, before: 2_900);

        var kept = new List<long>();
        while (kept.Count == 0 || kept[^1] < 2_999)
            kept.AddRange((await Kept.ChunkAsync(consumer, TestContext.Current.CancellationToken)).Select(k => k.Record.Offset));
        Assert.Equal(500, kept[0]);
        var last = kept.FindIndex(offset => offset >= 2_900) - 1;
        Assert.Equal(kept, [.. Enumerable.Range(500, last + 1).Select(i => (long)i), .. Enumerable.Range(2_900, 100).Select(i => (long)i)]);
        Assert.Contains(logs.Written, line => line.Contains("offsets 100 to 500 are gone from the broker", StringComparison.Ordinal));
        Assert.Contains(logs.Written, line => line.Contains($"offsets {kept[last] + 1} to 2900 never came", StringComparison.Ordinal));
    }

    [Theory(Timeout = 180_000)]
    [InlineData("cooperative-sticky")]
    [InlineData("range")]
    public async Task Before_partitions_go_a_commit_can_be_made_inside_the_handler(string strategy)
    {
        var kafka = await KafkaAsync(2);
        kafka.Consumer["partition.assignment.strategy"] = strategy;
        await WriteAsync(kafka, 40, 2);
        var hook = new CommitOnRevoke(kafka.Topic);
        await using var first = new RecordConsumer(kafka, new ConsumingOptions(), new StartPosition.Earliest(), null, TimeProvider.System, NullLogger.Instance, hook);
        hook.Consumer = first;
        first.Start();
        var kept = await Kept.AtLeastAsync(first, 40, TestContext.Current.CancellationToken);

        await using (var second = Consumer(kafka))
        {
            second.Start();
            await hook.Revoked.WaitAsync(TestContext.Current.CancellationToken);
            Assert.Contains(Committed(kafka, 2), offset => offset.Value == 20);
            await second.WaitForEndAsync(TestContext.Current.CancellationToken);
        }

        // All partitions come back, and it goes on where it was.
        await WriteAsync(kafka, 20, 2);
        kept.AddRange(await Kept.AtLeastAsync(first, 20, TestContext.Current.CancellationToken));
        foreach (var partition in kept.GroupBy(k => k.Record.Partition))
            Assert.Equal(Enumerable.Range(0, 30).Select(i => (long)i), partition.Select(k => k.Record.Offset));
    }

    private static RecordConsumer Consumer(KafkaOptions kafka, IOffsetsLedger? ledger = null, StartPosition? from = null) =>
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

    private static async Task ForgetAsync(KafkaOptions kafka, long before)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = kafka.BootstrapServers }).Build();
        await admin.DeleteRecordsAsync([new TopicPartitionOffset(kafka.Topic, 0, before)]);
    }

    private async Task<KafkaOptions> KafkaAsync(int partitions)
    {
        var topic = await broker.CreateTopicAsync(partitions);
        return new KafkaOptions { BootstrapServers = await broker.BootstrapOrSkipAsync(), Topic = topic, GroupId = topic };
    }

    private sealed class CommitOnRevoke(string topic) : IPartitionsRevoked
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
