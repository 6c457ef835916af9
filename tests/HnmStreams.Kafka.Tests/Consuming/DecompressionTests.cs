using Confluent.Kafka;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Consuming;
using HnmStreams.Kafka.Offsets;
using HnmStreams.Kafka.Tests.Brokers;
using HnmStreams.Testing.Brokers;
using Microsoft.Extensions.Logging.Abstractions;

namespace HnmStreams.Kafka.Tests.Consuming;

[Collection(RealBrokerTestGroup.Name)]
public sealed class DecompressionTests(RealBroker broker)
{
    private const int Batches = 200;
    private const int BatchBytes = 10_000_000;
    private const long MaxGrowth = 600_000_000;

    /// <summary>The batches have 2 GB, but less than 150 kB on disk. Without a limit one fetch would decompress all of them.</summary>
    [Fact(Timeout = 180_000)]
    public async Task The_fetch_size_bounds_the_memory_of_decompressed_batches()
    {
        var topic = await broker.CreateTopicAsync(partitions: 1);
        await WriteAsync(topic);
        await using var consumer = new RecordConsumer(
            new KafkaOptions { BootstrapServers = await broker.BootstrapOrSkipAsync(), Topic = topic, GroupId = topic },
            new ConsumingOptions { FetchBytes = 4 * 1024 }, new StartPosition.Earliest(), null, TimeProvider.System, NullLogger.Instance);
        GC.Collect();
        var before = Environment.WorkingSet;
        var peak = before;
        consumer.Start();
        var end = consumer.WaitForEndAsync(TestContext.Current.CancellationToken);
        while (!end.IsCompleted)
        {
            peak = Math.Max(peak, Environment.WorkingSet);
            while (consumer.Chunks.TryRead(out var chunk))
                chunk.Dispose();
            await Task.WhenAny(end, Task.Delay(10, TestContext.Current.CancellationToken));
        }

        await end;
        Assert.Equal(Batches, consumer.NextOffset(topic, 0));
        Assert.InRange(peak - before, 0, MaxGrowth);
    }

    private async Task WriteAsync(string topic)
    {
        using var producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig
        {
            BootstrapServers = await broker.BootstrapOrSkipAsync(),
            CompressionType = CompressionType.Zstd,
            MessageMaxBytes = 2 * BatchBytes,
            BatchNumMessages = 1,
        }).SetLogHandler((_, _) => { }).Build();
        var value = new byte[BatchBytes];
        value.AsSpan().Fill((byte)'a');
        for (var i = 0; i < Batches; i++)
            await producer.ProduceAsync(new TopicPartition(topic, 0), new Message<Null, byte[]> { Value = value });
    }
}
