using System.Text;
using Confluent.Kafka;
using HnmStreams.Data.Records;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Consuming;
using HnmStreams.Kafka.Tests.Brokers;

namespace HnmStreams.Kafka.Tests.Consuming;

public sealed class RecordConsumerTests
{
    private static readonly TimeSpan Never = TimeSpan.FromMinutes(1);

    [Fact(Timeout = 60_000)]
    public async Task Every_record_arrives_once_in_offset_order_with_all_that_it_carries()
    {
        using var stream = new EmbeddedStream(partitions: 3);
        await stream.WriteNumbersAsync(300, partitions: 3);
        await using var consumer = stream.Consumer();
        consumer.Start();

        var kept = await Kept.AtLeastAsync(consumer, 300, TestContext.Current.CancellationToken);

        Assert.Equal(Enumerable.Range(0, 300), kept.Select(record => record.Number).Order());
        Assert.All(kept, record => Assert.Equal((EmbeddedStream.Topic, record.Number % 3), (record.Record.Topic, record.Record.Partition)));
        Assert.All(kept, record => Assert.Equal(record.Value, record.Key));
        Assert.All(kept, record => Assert.InRange(record.Record.TimestampMs, 1_600_000_000_000, long.MaxValue));
        foreach (var partition in kept.GroupBy(record => record.Record.Partition))
            Assert.Equal(Enumerable.Range(0, 100).Select(offset => (long)offset), partition.Select(record => record.Record.Offset));
    }

    [Fact(Timeout = 60_000)]
    public async Task Tombstones_null_keys_empty_and_oversized_values_are_told_apart()
    {
        using var stream = new EmbeddedStream();
        await stream.WriteAsync("a"u8.ToArray(), null);
        await stream.WriteAsync(null, "b"u8.ToArray());
        await stream.WriteAsync("c"u8.ToArray(), []);
        await stream.WriteAsync("d"u8.ToArray(), new byte[1001]);
        await stream.WriteAsync("e"u8.ToArray(), new byte[1000], headers: [new Header("hnm-format", "json"u8.ToArray())]);
        await using var consumer = stream.Consumer(new ConsumingOptions { MaxRecordBytes = 1000 });
        consumer.Start();

        var kept = await Kept.AtLeastAsync(consumer, 5, TestContext.Current.CancellationToken);

        Assert.Equal(["a", null, "c", "d", "e"], kept.Select(record => record.Key is { } key ? Encoding.UTF8.GetString(key) : null), StringComparer.Ordinal);
        Assert.Equal([null, 1, 0, null, 1000], kept.Select(record => record.Value?.Length));
        Assert.Equal([0, 0, 0, 1001, 0], kept.Select(record => record.Record.OversizedLength));
        Assert.Equal([WireFormat.Unknown, WireFormat.Json], kept.Select(record => record.Record.Format).Distinct());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_chunk_ends_at_its_count()
    {
        using var stream = new EmbeddedStream();
        await stream.WriteNumbersAsync(30);
        await using var consumer = stream.Consumer(new ConsumingOptions { ChunkRecords = 10, ChunkLinger = Never });
        consumer.Start();

        for (var i = 0; i < 3; i++)
            Assert.Equal(10, (await Kept.ChunkAsync(consumer, TestContext.Current.CancellationToken)).Count);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_chunk_ends_at_its_bytes()
    {
        using var stream = new EmbeddedStream();
        for (var i = 0; i < 8; i++)
            await stream.WriteAsync(null, new byte[1024]);
        await using var consumer = stream.Consumer(new ConsumingOptions { ChunkBytes = 4096, ChunkLinger = Never });
        consumer.Start();

        // 7/8 of 4096 are 3584: the fourth record of 1024 passes it.
        Assert.Equal(4, (await Kept.ChunkAsync(consumer, TestContext.Current.CancellationToken)).Count);
        Assert.Equal(4, (await Kept.ChunkAsync(consumer, TestContext.Current.CancellationToken)).Count);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_chunk_that_does_not_fill_is_handed_over_after_its_linger()
    {
        using var stream = new EmbeddedStream();
        await stream.WriteNumbersAsync(3);
        await using var consumer = stream.Consumer(new ConsumingOptions { ChunkRecords = 1000, ChunkLinger = TimeSpan.FromMilliseconds(5) });
        consumer.Start();

        Assert.Equal([0, 1, 2], (await Kept.AtLeastAsync(consumer, 3, TestContext.Current.CancellationToken)).Select(record => record.Number));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_stop_hands_over_what_is_in_hand_and_completes_the_channel()
    {
        using var stream = new EmbeddedStream();
        await stream.WriteNumbersAsync(7);
        await using var consumer = stream.Consumer(new ConsumingOptions { ChunkRecords = 5, ChunkLinger = Never });
        consumer.Start();
        var first = await Kept.ChunkAsync(consumer, TestContext.Current.CancellationToken);
        while (consumer.NextOffset(EmbeddedStream.Topic, 0) < 7)
            await consumer.NextAdvance.WaitAsync(TestContext.Current.CancellationToken);

        var stopped = consumer.StopAsync(TestContext.Current.CancellationToken);
        var rest = await Kept.RestAsync(consumer, TestContext.Current.CancellationToken);
        await stopped;

        Assert.Equal(Enumerable.Range(0, 7), first.Concat(rest).Select(record => record.Number));
        Assert.Equal(7, consumer.Status.Records);
    }

    [Fact(Timeout = 60_000)]
    public async Task Disposing_does_not_wait_for_a_reader()
    {
        using var stream = new EmbeddedStream();
        await stream.WriteNumbersAsync(100);
        var consumer = stream.Consumer(new ConsumingOptions { ChunkRecords = 5, ChannelChunks = 1, BlockBeforePause = Never });
        consumer.Start();
        await consumer.Chunks.WaitToReadAsync(TestContext.Current.CancellationToken);

        await consumer.DisposeAsync();
        await consumer.DisposeAsync();
        await consumer.StopAsync(TestContext.Current.CancellationToken);

        await consumer.Chunks.Completion;
    }

    [Fact(Timeout = 60_000)]
    public async Task The_end_is_reached_once_all_is_handed_over_and_left_when_more_comes()
    {
        using var stream = new EmbeddedStream(partitions: 2);
        await stream.WriteNumbersAsync(10, partitions: 2);
        await using var consumer = stream.Consumer();
        Assert.False(consumer.EndReached);
        consumer.Start();

        await consumer.WaitForEndAsync(TestContext.Current.CancellationToken);
        Assert.Equal(10, consumer.Status.Records);
        Assert.Equal(10, (await Kept.AtLeastAsync(consumer, 10, TestContext.Current.CancellationToken)).Count);

        await stream.WriteNumbersAsync(1, first: 10);
        Assert.Equal(10, (await Kept.AtLeastAsync(consumer, 1, TestContext.Current.CancellationToken)).Single().Number);
        await consumer.WaitForEndAsync(TestContext.Current.CancellationToken);
        Assert.Equal(11, consumer.Status.Records);
    }

    [Fact(Timeout = 60_000)]
    public async Task The_status_names_partitions_and_their_lag()
    {
        using var stream = new EmbeddedStream();
        await stream.WriteNumbersAsync(50);
        await using var consumer = stream.Consumer(new ConsumingOptions { ChunkRecords = 10, ChannelChunks = 1 });
        consumer.Start();
        await Kept.AtLeastAsync(consumer, 50, TestContext.Current.CancellationToken);
        await consumer.WaitForEndAsync(TestContext.Current.CancellationToken);
        await consumer.StopAsync(TestContext.Current.CancellationToken);

        // The last status is taken before the group is left.
        var partition = Assert.Single(consumer.Status.Partitions);
        Assert.Equal(new PartitionStatus(0, 50, 50, true), partition);
        Assert.Equal(0, consumer.Status.Lag);
        Assert.Equal(1, consumer.Status.Rebalances);
        Assert.Equal(0, consumer.Status.OffsetGaps);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_broker_that_goes_and_comes_back_is_an_error_to_see_and_not_an_end()
    {
        using var stream = new EmbeddedStream();
        await stream.WriteNumbersAsync(10);
        await using var consumer = stream.Consumer();
        consumer.Start();
        await Kept.AtLeastAsync(consumer, 10, TestContext.Current.CancellationToken);

        stream.Cluster.StopBroker(1);
        while (consumer.Status.LastError is null)
            await consumer.NextAdvance.WaitAsync(TestContext.Current.CancellationToken);
        stream.Cluster.ResumeBroker(1);
        await stream.WriteNumbersAsync(10, first: 10);

        Assert.Equal(Enumerable.Range(10, 10), (await Kept.AtLeastAsync(consumer, 10, TestContext.Current.CancellationToken)).Select(record => record.Number));
    }

    [Theory]
    [InlineData("enable.auto.commit", "true")]
    [InlineData("auto.offset.reset", "latest")]
    [InlineData("partition.assignment.strategy", "custom")]
    public void A_setting_that_offsets_rest_on_is_refused_by_name(string key, string value)
    {
        var kafka = new KafkaOptions { BootstrapServers = "127.0.0.1:1", Consumer = { [key] = value } };
        using var stream = new EmbeddedStream();

        var error = Assert.Throws<InvalidOperationException>(() => stream.Consumer(kafka: kafka));

        Assert.Contains($"Kafka:Consumer:{key} is '{value}'", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_setting_that_librdkafka_does_not_know_faults_the_channel()
    {
        using var stream = new EmbeddedStream();
        var kafka = stream.Kafka();
        kafka.Consumer["no.such.setting"] = "1";
        await using var consumer = stream.Consumer(kafka: kafka);
        consumer.Start();

        var error = await Assert.ThrowsAnyAsync<Exception>(async () => await consumer.Chunks.Completion.WaitAsync(TestContext.Current.CancellationToken));

        Assert.Contains("no.such.setting", error.Message, StringComparison.Ordinal);
    }
}
