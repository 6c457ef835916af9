using HnmStreams.Data.Records;
using HnmStreams.Kafka.Offsets;
using HnmStreams.Kafka.Tests.Brokers;

namespace HnmStreams.Kafka.Tests.Consuming;

public sealed class StartTests
{
    [Theory(Timeout = 60_000)]
    [InlineData(0, 0)]
    [InlineData(4, 4)]
    public async Task A_run_starts_at_the_offset_asked_for(long asked, int first)
    {
        using var stream = new EmbeddedStream();
        await stream.WriteNumbersAsync(10);
        await using var consumer = stream.Consumer(from: new StartPosition.AtOffset(asked));
        consumer.Start();

        Assert.Equal(Enumerable.Range(first, 10 - first), (await Kept.AtLeastAsync(consumer, 10 - first, TestContext.Current.CancellationToken)).Select(record => record.Number));
    }

    [Fact(Timeout = 60_000)]
    public async Task An_offset_beyond_the_end_is_moved_to_the_end_and_not_to_the_beginning()
    {
        using var stream = new EmbeddedStream();
        await stream.WriteNumbersAsync(10);
        await using var consumer = stream.Consumer(from: new StartPosition.AtOffset(1000));
        consumer.Start();
        await consumer.WaitForEndAsync(TestContext.Current.CancellationToken);

        await stream.WriteNumbersAsync(1, first: 10);

        Assert.Equal(10, (await Kept.ChunkAsync(consumer, TestContext.Current.CancellationToken)).Single().Number);
    }

    [Fact(Timeout = 60_000)]
    public async Task Latest_takes_only_what_comes_after_the_start()
    {
        using var stream = new EmbeddedStream();
        await stream.WriteNumbersAsync(10);
        await using var consumer = stream.Consumer(from: new StartPosition.Latest());
        consumer.Start();
        await consumer.WaitForEndAsync(TestContext.Current.CancellationToken);

        await stream.WriteNumbersAsync(5, first: 10);

        Assert.Equal(Enumerable.Range(10, 5), (await Kept.AtLeastAsync(consumer, 5, TestContext.Current.CancellationToken)).Select(record => record.Number));
    }

    [Fact(Timeout = 60_000)]
    public async Task The_ledgers_watermark_wins_where_there_is_one()
    {
        using var stream = new EmbeddedStream(partitions: 2);
        await stream.WriteNumbersAsync(20, partitions: 2);
        var ledger = new PositionLedger([new StreamPosition(EmbeddedStream.Topic, 1, 7)]);
        await using var consumer = stream.Consumer(from: new StartPosition.Earliest(), ledger: ledger);
        consumer.Start();

        var kept = await Kept.AtLeastAsync(consumer, 13, TestContext.Current.CancellationToken);

        Assert.Equal(0, kept.Where(record => record.Record.Partition == 0).Min(record => record.Record.Offset));
        Assert.Equal(7, kept.Where(record => record.Record.Partition == 1).Min(record => record.Record.Offset));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_topic_that_ends_below_the_watermark_stops_the_start_with_a_choice()
    {
        using var stream = new EmbeddedStream();
        await stream.WriteNumbersAsync(10);
        var ledger = new PositionLedger([new StreamPosition(EmbeddedStream.Topic, 0, 11)]);
        await using var consumer = stream.Consumer(ledger: ledger);
        consumer.Start();

        var error = await Assert.ThrowsAsync<StalePositionException>(async () => await consumer.Chunks.Completion.WaitAsync(TestContext.Current.CancellationToken));

        Assert.Contains("--fresh", error.Message, StringComparison.Ordinal);
    }
}
