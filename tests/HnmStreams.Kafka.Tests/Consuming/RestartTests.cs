using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Consuming;
using HnmStreams.Kafka.Offsets;
using HnmStreams.Kafka.Tests.Brokers;

namespace HnmStreams.Kafka.Tests.Consuming;

/// <summary>Tests of a consumer that is set back to the positions of a ledger that other members advance too.</summary>
public sealed class RestartTests
{
    [Theory(Timeout = 120_000)]
    [InlineData(0)]
    [InlineData(120)]
    public async Task Reads_every_record_from_the_positions_of_the_ledger_in_a_new_era(int readBefore)
    {
        using var stream = new EmbeddedStream(partitions: 2);
        await stream.WriteNumbersAsync(300, partitions: 2);
        var ledger = new SharedLedger();
        await using var consumer = stream.Consumer(new ConsumingOptions { ChunkRecords = 10, ChannelChunks = 1 }, ledger: ledger);
        consumer.Start();
        if (readBefore > 0)
            await ReceivedRecord.ReadAsync(consumer, readBefore, TestContext.Current.CancellationToken);
        // Another member has read on in one partition; in the other one, nothing was taken in.
        ledger.Set(0, 100);
        ledger.Set(1, 0);

        var era = await RestartAsync(consumer);

        var read = new List<long>[] { [], [] };
        while (read[0].Count + read[1].Count < 50 + 150)
        {
            using var chunk = await consumer.Chunks.ReadAsync(TestContext.Current.CancellationToken);
            if (chunk.Era < era)
                continue;
            foreach (var record in chunk.Records)
                read[record.Partition].Add(record.Offset);
        }

        Assert.Equal(Enumerable.Range(100, 50).Select(offset => (long)offset), read[0]);
        Assert.Equal(Enumerable.Range(0, 150).Select(offset => (long)offset), read[1]);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_restart_after_the_end_of_the_consumer_fails()
    {
        using var stream = new EmbeddedStream();
        await using var consumer = stream.Consumer();
        consumer.Start();
        await consumer.StopAsync(TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<InvalidOperationException>(() => consumer.RestartAsync(TestContext.Current.CancellationToken));
    }

    // The chunks that wait are dropped meanwhile, so that the consumer is not held up by its full channel.
    private static async Task<int> RestartAsync(RecordConsumer consumer)
    {
        var restart = consumer.RestartAsync(TestContext.Current.CancellationToken);
        while (!restart.IsCompleted)
        {
            while (consumer.Chunks.TryRead(out var chunk))
                chunk.Dispose();
            await Task.WhenAny(restart, Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, TestContext.Current.CancellationToken));
        }

        return await restart;
    }

    private sealed class SharedLedger : IPositionLedger
    {
        private readonly Dictionary<int, long> _next = [];

        public bool IsShared => true;

        public void Set(int partition, long next)
        {
            lock (_next)
                _next[partition] = next;
        }

        public bool Knows(string topic) => false;

        public bool TryGet(string topic, int partition, out long nextOffset)
        {
            lock (_next)
                return _next.TryGetValue(partition, out nextOffset);
        }
    }
}
