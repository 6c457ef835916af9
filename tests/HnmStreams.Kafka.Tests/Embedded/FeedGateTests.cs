using CsCheck;
using HnmStreams.Data.Records;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Embedded;
using HnmStreams.Kafka.Producing;
using HnmStreams.Kafka.Tests.Brokers;
using Microsoft.Extensions.Logging.Abstractions;

namespace HnmStreams.Kafka.Tests.Embedded;

public sealed class FeedGateTests
{
    private const int Overhead = 64;

    [Fact]
    public void Agrees_with_a_model_and_never_exceeds_the_limit() =>
        Gen.Select(Gen.Int[0, 2], Gen.Int[0, 2], Gen.Int[1, 400]).Array[1, 200].Sample(
            steps =>
            {
                const long limit = 1000;
                var log = new NaiveLog();
                var gate = new FeedGate("t", log, limit);
                foreach (var (step, partition, size) in steps)
                {
                    switch (step)
                    {
                        case 0:
                            Assert.Equal(log.Fits(size + Overhead, limit), gate.TryAdmit(size));
                            if (log.Fits(size + Overhead, limit))
                                log.InFlight.Enqueue(size);
                            break;
                        case 1 when log.InFlight.TryDequeue(out var delivered):
                            if (partition == 2 && delivered % 7 == 0)
                                gate.Failed(delivered);
                            else
                                gate.Delivered(partition, log.Append(partition, delivered), delivered);
                            break;
                        case 2:
                            log.Read(partition);
                            break;
                    }

                    Assert.Equal(log.Largest, gate.LargestLag);
                    Assert.InRange(gate.LargestLag, 0, limit);
                }
            },
            seed: "0000hnmGate01");

    [Fact]
    public void Admits_a_record_above_the_limit_alone()
    {
        var gate = new FeedGate("t", new NaiveLog(), 100);

        Assert.True(gate.TryAdmit(5000));
        Assert.False(gate.TryAdmit(1));
    }

    [Fact(Timeout = 60_000)]
    public async Task Without_a_gate_the_embedded_cluster_drops_unread_records()
    {
        using var stream = new EmbeddedStream();
        await FeedAsync(stream, gate: null, records: 80, size: 100 * 1024, TestContext.Current.CancellationToken);
        await using var consumer = stream.Consumer();
        consumer.Start();

        var first = (await ReceivedRecord.ReadChunkAsync(consumer, TestContext.Current.CancellationToken))[0];

        Assert.InRange(first.Record.Offset, 1, 79);
    }

    [Fact(Timeout = 120_000)]
    public async Task With_a_gate_every_record_of_a_large_stream_arrives()
    {
        const int records = 400;
        using var stream = new EmbeddedStream(partitions: 2);
        await using var consumer = stream.Consumer(new ConsumingOptions { ChunkRecords = 8, ChannelChunks = 1 });
        consumer.Start();
        var gate = new FeedGate(EmbeddedStream.Topic, consumer);

        var feeding = FeedAsync(stream, gate, records, 100 * 1024, TestContext.Current.CancellationToken);
        var received = await ReceivedRecord.ReadAsync(consumer, records, TestContext.Current.CancellationToken);
        await feeding;

        Assert.Equal(Enumerable.Range(0, records), received.Select(record => record.Number).Order());
        Assert.Equal(0, consumer.Status.OffsetGaps);
    }

    private static async Task FeedAsync(EmbeddedStream stream, FeedGate? gate, int records, int size, CancellationToken cancelled)
    {
        await using var producer = new ExampleProducer(stream.Kafka(), new ProducingOptions(), TimeProvider.System, NullLogger.Instance, gate);
        for (var i = 0; i < records; i++)
        {
            var value = new byte[size];
            BitConverter.TryWriteBytes(value, i);
            await producer.ProduceRawAsync(BitConverter.GetBytes(i), value, WireFormat.Unknown, cancelled);
        }

        await producer.FlushAsync(cancelled);
        Assert.Equal(records, producer.Delivered);
    }

    /// <summary>A naive model of the gate: partitions as lists of sizes with a read position. All sums are computed on each call.</summary>
    private sealed class NaiveLog : IFeedProgress
    {
        private readonly List<int>[] _partitions = [[], [], []];
        private readonly int[] _next = new int[3];

        public Queue<int> InFlight { get; } = [];

        public Task NextAdvance => Task.CompletedTask;

        public long Largest => InFlight.Sum(size => size + Overhead) + Enumerable.Range(0, 3).Max(i => _partitions[i].Skip(_next[i]).Sum(size => size + Overhead));

        public long NextOffset(string topic, int partition) => _next[partition];

        public bool Fits(int size, long limit) => Largest + size <= limit || Largest == 0;

        public long Append(int partition, int size)
        {
            _partitions[partition].Add(size);
            return _partitions[partition].Count - 1;
        }

        public void Read(int partition) => _next[partition] = Math.Min(_next[partition] + 1, _partitions[partition].Count);
    }
}
