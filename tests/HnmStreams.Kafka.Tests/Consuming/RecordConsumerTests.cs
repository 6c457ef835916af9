using System.Text;
using Confluent.Kafka;
using HnmStreams.Data.Records;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Consuming.Status;
using HnmStreams.Kafka.Tests.Brokers;

namespace HnmStreams.Kafka.Tests.Consuming;

public sealed class RecordConsumerTests
{
    private static readonly TimeSpan LongWait = TimeSpan.FromMinutes(1);

    [Fact(Timeout = 60_000)]
    public async Task Delivers_every_record_once_in_offset_order_with_all_its_fields()
    {
        using var stream = new EmbeddedStream(partitions: 3);
        await stream.WriteNumbersAsync(300, partitions: 3);
        await using var consumer = stream.Consumer();
        consumer.Start();

        var received = await ReceivedRecord.ReadAsync(consumer, 300, TestContext.Current.CancellationToken);

        Assert.Equal(Enumerable.Range(0, 300), received.Select(record => record.Number).Order());
        Assert.All(received, record => Assert.Equal((EmbeddedStream.Topic, record.Number % 3), (record.Record.Topic, record.Record.Partition)));
        Assert.All(received, record => Assert.Equal(record.Value, record.Key));
        Assert.All(received, record => Assert.InRange(record.Record.TimestampMs, 1_600_000_000_000, long.MaxValue));
        foreach (var partition in received.GroupBy(record => record.Record.Partition))
            Assert.Equal(Enumerable.Range(0, 100).Select(offset => (long)offset), partition.Select(record => record.Record.Offset));
    }

    [Fact(Timeout = 60_000)]
    public async Task Distinguishes_tombstones_null_keys_empty_values_and_oversized_values()
    {
        using var stream = new EmbeddedStream();
        await stream.WriteAsync("a"u8.ToArray(), null);
        await stream.WriteAsync(null, "b"u8.ToArray());
        await stream.WriteAsync("c"u8.ToArray(), []);
        await stream.WriteAsync("d"u8.ToArray(), new byte[1001]);
        await stream.WriteAsync("e"u8.ToArray(), new byte[1000], headers: [new Header("hnm-format", "json"u8.ToArray())]);
        await using var consumer = stream.Consumer(new ConsumingOptions { MaxRecordBytes = 1000 });
        consumer.Start();

        var received = await ReceivedRecord.ReadAsync(consumer, 5, TestContext.Current.CancellationToken);

        Assert.Equal(["a", null, "c", "d", "e"], received.Select(record => record.Key is { } key ? Encoding.UTF8.GetString(key) : null), StringComparer.Ordinal);
        Assert.Equal([null, 1, 0, null, 1000], received.Select(record => record.Value?.Length));
        Assert.Equal([0, 0, 0, 1001, 0], received.Select(record => record.Record.OversizedLength));
        Assert.Equal([WireFormat.Unknown, WireFormat.Json], received.Select(record => record.Record.Format).Distinct());
    }

    [Fact(Timeout = 60_000)]
    public async Task Hands_over_a_chunk_at_the_record_limit()
    {
        using var stream = new EmbeddedStream();
        await stream.WriteNumbersAsync(30);
        await using var consumer = stream.Consumer(new ConsumingOptions { ChunkRecords = 10, ChunkLinger = LongWait });
        consumer.Start();

        for (var i = 0; i < 3; i++)
            Assert.Equal(10, (await ReceivedRecord.ReadChunkAsync(consumer, TestContext.Current.CancellationToken)).Count);
    }

    [Fact(Timeout = 60_000)]
    public async Task Hands_over_a_chunk_at_the_byte_limit()
    {
        using var stream = new EmbeddedStream();
        for (var i = 0; i < 8; i++)
            await stream.WriteAsync(null, new byte[1024]);
        await using var consumer = stream.Consumer(new ConsumingOptions { ChunkBytes = 4096, ChunkLinger = LongWait });
        consumer.Start();

        // 7/8 of 4096 is 3584: the fourth record of 1024 bytes exceeds it.
        Assert.Equal(4, (await ReceivedRecord.ReadChunkAsync(consumer, TestContext.Current.CancellationToken)).Count);
        Assert.Equal(4, (await ReceivedRecord.ReadChunkAsync(consumer, TestContext.Current.CancellationToken)).Count);
    }

    [Fact(Timeout = 60_000)]
    public async Task Hands_over_an_unfilled_chunk_after_its_linger_time()
    {
        using var stream = new EmbeddedStream();
        await stream.WriteNumbersAsync(3);
        await using var consumer = stream.Consumer(new ConsumingOptions { ChunkRecords = 1000, ChunkLinger = TimeSpan.FromMilliseconds(5) });
        consumer.Start();

        Assert.Equal([0, 1, 2], (await ReceivedRecord.ReadAsync(consumer, 3, TestContext.Current.CancellationToken)).Select(record => record.Number));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_stop_hands_over_the_current_chunk_and_completes_the_channel()
    {
        using var stream = new EmbeddedStream();
        await stream.WriteNumbersAsync(7);
        await using var consumer = stream.Consumer(new ConsumingOptions { ChunkRecords = 5, ChunkLinger = LongWait });
        consumer.Start();
        var first = await ReceivedRecord.ReadChunkAsync(consumer, TestContext.Current.CancellationToken);
        while (consumer.NextOffset(EmbeddedStream.Topic, 0) < 7)
            await consumer.NextAdvance.WaitAsync(TestContext.Current.CancellationToken);

        var stopped = consumer.StopAsync(TestContext.Current.CancellationToken);
        var rest = await ReceivedRecord.ReadToEndAsync(consumer, TestContext.Current.CancellationToken);
        await stopped;

        Assert.Equal(Enumerable.Range(0, 7), first.Concat(rest).Select(record => record.Number));
        Assert.Equal(7, consumer.Status.Records);
    }

    [Fact(Timeout = 60_000)]
    public async Task Dispose_does_not_wait_for_a_reader()
    {
        using var stream = new EmbeddedStream();
        await stream.WriteNumbersAsync(100);
        var consumer = stream.Consumer(new ConsumingOptions { ChunkRecords = 5, ChannelChunks = 1, BlockBeforePause = LongWait });
        consumer.Start();
        await consumer.Chunks.WaitToReadAsync(TestContext.Current.CancellationToken);

        await consumer.DisposeAsync();
        await consumer.DisposeAsync();
        await consumer.StopAsync(TestContext.Current.CancellationToken);

        await consumer.Chunks.Completion.WaitAsync(TestContext.Current.CancellationToken);
    }

    [Fact(Timeout = 60_000)]
    public async Task Reports_the_end_when_all_records_are_handed_over_and_withdraws_it_when_more_arrive()
    {
        using var stream = new EmbeddedStream(partitions: 2);
        await stream.WriteNumbersAsync(10, partitions: 2);
        await using var consumer = stream.Consumer();
        Assert.False(consumer.EndReached);
        consumer.Start();

        await consumer.WaitForEndAsync(TestContext.Current.CancellationToken);
        Assert.Equal(10, consumer.Status.Records);
        Assert.Equal(10, (await ReceivedRecord.ReadAsync(consumer, 10, TestContext.Current.CancellationToken)).Count);

        await stream.WriteNumbersAsync(1, first: 10);
        Assert.Equal(10, (await ReceivedRecord.ReadAsync(consumer, 1, TestContext.Current.CancellationToken)).Single().Number);
        await consumer.WaitForEndAsync(TestContext.Current.CancellationToken);
        Assert.Equal(11, consumer.Status.Records);
    }

    [Fact(Timeout = 60_000)]
    public async Task The_status_contains_partitions_and_lag()
    {
        using var stream = new EmbeddedStream();
        await stream.WriteNumbersAsync(50);
        await using var consumer = stream.Consumer(new ConsumingOptions { ChunkRecords = 10, ChannelChunks = 1 });
        consumer.Start();
        await ReceivedRecord.ReadAsync(consumer, 50, TestContext.Current.CancellationToken);
        await consumer.WaitForEndAsync(TestContext.Current.CancellationToken);
        await consumer.StopAsync(TestContext.Current.CancellationToken);

        // The last status is taken before the member leaves its group.
        var partition = Assert.Single(consumer.Status.Partitions);
        Assert.Equal(new PartitionStatus(0, 50, 50, true), partition);
        Assert.Equal(0, consumer.Status.Lag);
        Assert.Equal(1, consumer.Status.Rebalances);
        Assert.Equal(0, consumer.Status.OffsetGaps);
    }

    [Fact(Timeout = 60_000)]
    public async Task Continues_after_a_broker_outage_and_reports_an_error()
    {
        using var stream = new EmbeddedStream();
        await stream.WriteNumbersAsync(10);
        await using var consumer = stream.Consumer();
        consumer.Start();
        await ReceivedRecord.ReadAsync(consumer, 10, TestContext.Current.CancellationToken);

        stream.Cluster.StopBroker(1);
        while (consumer.Status.LastError is null)
            await consumer.NextAdvance.WaitAsync(TestContext.Current.CancellationToken);
        stream.Cluster.ResumeBroker(1);
        await stream.WriteNumbersAsync(10, first: 10);

        Assert.Equal(Enumerable.Range(10, 10), (await ReceivedRecord.ReadAsync(consumer, 10, TestContext.Current.CancellationToken)).Select(record => record.Number));
    }

    [Theory]
    [InlineData("enable.auto.commit", "true")]
    [InlineData("auto.offset.reset", "latest")]
    [InlineData("partition.assignment.strategy", "custom")]
    public void Rejects_settings_that_conflict_with_the_handling_of_offsets(string key, string value)
    {
        var kafka = new KafkaOptions { BootstrapServers = "127.0.0.1:1", Consumer = { [key] = value } };
        using var stream = new EmbeddedStream();

        var error = Assert.Throws<InvalidOperationException>(() => stream.Consumer(kafka: kafka));

        Assert.Contains($"'kafka.consumer.{key}' must be", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_unknown_librdkafka_setting_faults_the_channel()
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
