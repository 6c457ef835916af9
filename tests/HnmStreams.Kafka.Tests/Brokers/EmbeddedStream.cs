using Confluent.Kafka;
using HnmStreams.Data.Records;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Consuming;
using HnmStreams.Kafka.Embedded;
using HnmStreams.Kafka.Offsets;
using Microsoft.Extensions.Logging.Abstractions;

namespace HnmStreams.Kafka.Tests.Brokers;

/// <summary>A topic on a cluster, what is written to it, and consumers of it.</summary>
internal sealed class EmbeddedStream : IDisposable
{
    public const string Topic = "examples";

    private readonly Lazy<IProducer<byte[]?, byte[]?>> _producer;

    public EmbeddedStream(int partitions = 1)
    {
        Cluster = EmbeddedCluster.Start(new EmbeddedClusterOptions { Partitions = partitions, Topics = [Topic] });
        _producer = new Lazy<IProducer<byte[]?, byte[]?>>(() => new ProducerBuilder<byte[]?, byte[]?>(
            new ProducerConfig { BootstrapServers = Cluster.BootstrapServers, LingerMs = 1 }).SetLogHandler((_, _) => { }).Build());
    }

    public EmbeddedCluster Cluster { get; }

    public KafkaOptions Kafka(string group = "test") => new() { BootstrapServers = Cluster.BootstrapServers, Topic = Topic, GroupId = group };

    public RecordConsumer Consumer(
        ConsumingOptions? options = null, StartPosition? from = null, IOffsetsLedger? ledger = null, KafkaOptions? kafka = null) =>
        new(kafka ?? Kafka(), options ?? new ConsumingOptions(), from ?? new StartPosition.Earliest(), ledger, TimeProvider.System, NullLogger.Instance);

    public async Task WriteAsync(byte[]? key, byte[]? value, int partition = 0, Headers? headers = null) =>
        await _producer.Value.ProduceAsync(
            new TopicPartition(Topic, partition), new Message<byte[]?, byte[]?> { Key = key, Value = value, Headers = headers });

    /// <summary>Writes records whose value is their number, spread over the partitions.</summary>
    public async Task WriteNumbersAsync(int count, int partitions = 1, int first = 0) =>
        await Task.WhenAll(Enumerable.Range(first, count).Select(i => WriteAsync(BitConverter.GetBytes(i), BitConverter.GetBytes(i), i % partitions)));

    public void Dispose()
    {
        if (_producer.IsValueCreated)
            _producer.Value.Dispose();
        Cluster.Dispose();
    }
}

/// <summary>A record that outlives its chunk.</summary>
internal sealed record Kept(RawRecord Record, byte[]? Key, byte[]? Value)
{
    public int Number => BitConverter.ToInt32(Value!);

    /// <summary>Takes the next chunk.</summary>
    public static async Task<List<Kept>> ChunkAsync(RecordConsumer consumer, CancellationToken cancelled)
    {
        using var chunk = await consumer.Chunks.ReadAsync(cancelled);
        return [.. chunk.Records.Select(record => new Kept(
            record,
            record.Key.IsNull ? null : chunk.Read(record.Key).ToArray(),
            record.Value.IsNull ? null : chunk.Read(record.Value).ToArray()))];
    }

    /// <summary>Takes chunks until there are at least so many records.</summary>
    public static async Task<List<Kept>> AtLeastAsync(RecordConsumer consumer, int count, CancellationToken cancelled)
    {
        var kept = new List<Kept>();
        while (kept.Count < count)
            kept.AddRange(await ChunkAsync(consumer, cancelled));
        return kept;
    }

    /// <summary>Takes chunks until the channel completes.</summary>
    public static async Task<List<Kept>> RestAsync(RecordConsumer consumer, CancellationToken cancelled)
    {
        var kept = new List<Kept>();
        while (await consumer.Chunks.WaitToReadAsync(cancelled))
            kept.AddRange(await ChunkAsync(consumer, cancelled));
        return kept;
    }
}
