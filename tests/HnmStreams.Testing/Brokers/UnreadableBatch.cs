using Confluent.Kafka;
using Xunit;

namespace HnmStreams.Testing.Brokers;

/// <summary>
/// A batch that a consumer with <see cref="ConsumerLimits"/> cannot decompress: it is below 1 kB on disk, and its records have 7 MB.
/// librdkafka refuses a zstd batch that would become larger than <c>receive.message.max.bytes</c>.
/// </summary>
public static class UnreadableBatch
{
    /// <summary>The number of records in the batch.</summary>
    public const int Records = 7;

    /// <summary>The librdkafka settings of a consumer that cannot read the batch.</summary>
    public static IReadOnlyDictionary<string, string> ConsumerLimits { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["fetch.max.bytes"] = "1000000",
        ["message.max.bytes"] = "1000000",
        ["receive.message.max.bytes"] = "1000512",
    };

    /// <summary>Writes the batch to partition 0.</summary>
    public static async Task WriteAsync(string topic, string bootstrap)
    {
        using var producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig
        {
            BootstrapServers = bootstrap,
            CompressionType = CompressionType.Zstd,
            LingerMs = 1_000,
            BatchSize = 20_000_000,
            MessageMaxBytes = 20_000_000,
            BatchNumMessages = Records,
        }).SetLogHandler((_, _) => { }).Build();
        var value = new byte[1_000_000];
        value.AsSpan().Fill((byte)'a');
        var reports = await Task.WhenAll(Enumerable.Range(0, Records).Select(_ =>
            producer.ProduceAsync(new TopicPartition(topic, 0), new Message<Null, byte[]> { Value = value })));
        Assert.Equal(Records - 1, reports[^1].Offset.Value - reports[0].Offset.Value);
    }
}
