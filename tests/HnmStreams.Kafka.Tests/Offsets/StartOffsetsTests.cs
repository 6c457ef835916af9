using Confluent.Kafka;
using HnmStreams.Data.Records;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Consuming.Chunks;
using HnmStreams.Kafka.Offsets;
using HnmStreams.Kafka.Tests.Brokers;
using Microsoft.Extensions.Logging.Abstractions;

namespace HnmStreams.Kafka.Tests.Offsets;

public sealed class StartOffsetsTests
{
    [Theory(Timeout = 60_000)]
    [InlineData(0, 0)]
    [InlineData(4, 4)]
    public async Task Starts_at_the_configured_offset(long offset, int first)
    {
        using var stream = new EmbeddedStream();
        await stream.WriteNumbersAsync(10);
        await using var consumer = stream.Consumer(from: new StartPosition.AtOffset(offset));
        consumer.Start();

        Assert.Equal(Enumerable.Range(first, 10 - first), (await ReceivedRecord.ReadAsync(consumer, 10 - first, TestContext.Current.CancellationToken)).Select(record => record.Number));
    }

    [Fact(Timeout = 60_000)]
    public async Task Clamps_an_offset_beyond_the_end_to_the_end()
    {
        using var stream = new EmbeddedStream();
        await stream.WriteNumbersAsync(10);
        await using var consumer = stream.Consumer(from: new StartPosition.AtOffset(1000));
        consumer.Start();
        await consumer.WaitForEndAsync(TestContext.Current.CancellationToken);

        await stream.WriteNumbersAsync(1, first: 10);

        Assert.Equal(10, (await ReceivedRecord.ReadChunkAsync(consumer, TestContext.Current.CancellationToken)).Single().Number);
    }

    [Fact(Timeout = 60_000)]
    public async Task Latest_reads_only_records_written_after_the_start()
    {
        using var stream = new EmbeddedStream();
        await stream.WriteNumbersAsync(10);
        await using var consumer = stream.Consumer(from: new StartPosition.Latest());
        consumer.Start();
        await consumer.WaitForEndAsync(TestContext.Current.CancellationToken);

        await stream.WriteNumbersAsync(5, first: 10);

        Assert.Equal(Enumerable.Range(10, 5), (await ReceivedRecord.ReadAsync(consumer, 5, TestContext.Current.CancellationToken)).Select(record => record.Number));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_partition_that_is_assigned_again_before_it_was_read_keeps_its_start()
    {
        using var stream = new EmbeddedStream();
        await stream.WriteNumbersAsync(10);
        var chunks = new ChunkBuilder(EmbeddedStream.Topic, new ConsumingOptions(), TimeProvider.System);
        using var consumer = new ConsumerBuilder<ByteRange, ByteRange>(new ConsumerConfig { BootstrapServers = stream.Cluster.BootstrapServers, GroupId = "test" })
            .SetKeyDeserializer(chunks.Keys).SetValueDeserializer(chunks.Values).Build();
        var offsets = new StartOffsets(EmbeddedStream.Topic, new StartPosition.Latest(), null, new PartitionPositions(), NullLogger.Instance);
        TopicPartition[] partitions = [new(EmbeddedStream.Topic, 0)];

        Assert.Equal(10, Assert.Single(offsets.Resolve(consumer, partitions)).Offset.Value);
        await stream.WriteNumbersAsync(5, first: 10);

        Assert.Equal(10, Assert.Single(offsets.Resolve(consumer, partitions)).Offset.Value);
    }

    [Fact(Timeout = 60_000)]
    public async Task The_position_of_the_ledger_takes_precedence_over_the_start_position()
    {
        using var stream = new EmbeddedStream(partitions: 2);
        await stream.WriteNumbersAsync(20, partitions: 2);
        var ledger = new PositionLedger([new StreamPosition(EmbeddedStream.Topic, 1, 7)]);
        await using var consumer = stream.Consumer(from: new StartPosition.Earliest(), ledger: ledger);
        consumer.Start();

        var received = await ReceivedRecord.ReadAsync(consumer, 13, TestContext.Current.CancellationToken);

        Assert.Equal(0, received.Where(record => record.Record.Partition == 0).Min(record => record.Record.Offset));
        Assert.Equal(7, received.Where(record => record.Record.Partition == 1).Min(record => record.Record.Offset));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_topic_that_ends_below_the_position_faults_the_consumer_and_names_the_remedies()
    {
        using var stream = new EmbeddedStream();
        await stream.WriteNumbersAsync(10);
        var ledger = new PositionLedger([new StreamPosition(EmbeddedStream.Topic, 0, 11)]);
        await using var consumer = stream.Consumer(ledger: ledger);
        consumer.Start();

        var error = await Assert.ThrowsAsync<StalePositionException>(async () => await consumer.Chunks.Completion.WaitAsync(TestContext.Current.CancellationToken));

        Assert.Contains("--fresh", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task The_committed_offset_of_the_group_takes_precedence_over_the_start_position()
    {
        using var stream = new EmbeddedStream(partitions: 2);
        await stream.WriteNumbersAsync(20, partitions: 2);
        var start = new StartPosition.Committed(new StartPosition.Earliest());
        await using (var before = stream.Consumer(from: start))
        {
            before.Start();
            await ReceivedRecord.ReadAsync(before, 20, TestContext.Current.CancellationToken);
            // Nothing is committed in partition 0.
            await before.CommitAsync([new StreamPosition(EmbeddedStream.Topic, 1, 7)], TestContext.Current.CancellationToken);
        }

        await using var consumer = stream.Consumer(from: start);
        consumer.Start();
        var received = await ReceivedRecord.ReadAsync(consumer, 13, TestContext.Current.CancellationToken);

        Assert.Equal(0, received.Where(record => record.Record.Partition == 0).Min(record => record.Record.Offset));
        Assert.Equal(7, received.Where(record => record.Record.Partition == 1).Min(record => record.Record.Offset));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_committed_offset_beyond_the_end_starts_at_the_beginning()
    {
        using var stream = new EmbeddedStream();
        await stream.WriteNumbersAsync(10);
        var start = new StartPosition.Committed(new StartPosition.Latest());
        await using (var before = stream.Consumer(from: new StartPosition.Earliest()))
        {
            before.Start();
            await ReceivedRecord.ReadAsync(before, 10, TestContext.Current.CancellationToken);
            await before.CommitAsync([new StreamPosition(EmbeddedStream.Topic, 0, 50)], TestContext.Current.CancellationToken);
        }

        await using var consumer = stream.Consumer(from: start);
        consumer.Start();
        Assert.Equal(Enumerable.Range(0, 10), (await ReceivedRecord.ReadAsync(consumer, 10, TestContext.Current.CancellationToken)).Select(record => record.Number));
    }
}
