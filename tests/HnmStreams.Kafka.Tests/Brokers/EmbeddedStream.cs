using Confluent.Kafka;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Consuming;
using HnmStreams.Kafka.Embedded;
using HnmStreams.Kafka.Offsets;
using Microsoft.Extensions.Logging.Abstractions;

namespace HnmStreams.Kafka.Tests.Brokers;

/// <summary>A topic on an embedded cluster, with a producer and consumers.</summary>
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
        ConsumingOptions? options = null, StartPosition? from = null, IPositionLedger? ledger = null, KafkaOptions? kafka = null) =>
        new(kafka ?? Kafka(), options ?? new ConsumingOptions(), from ?? new StartPosition.Earliest(), ledger, TimeProvider.System, NullLogger.Instance);

    public async Task WriteAsync(byte[]? key, byte[]? value, int partition = 0, Headers? headers = null) =>
        await _producer.Value.ProduceAsync(
            new TopicPartition(Topic, partition), new Message<byte[]?, byte[]?> { Key = key, Value = value, Headers = headers });

    /// <summary>Writes records with their number as key and value, spread over the partitions.</summary>
    public async Task WriteNumbersAsync(int count, int partitions = 1, int first = 0) =>
        await Task.WhenAll(Enumerable.Range(first, count).Select(i => WriteAsync(BitConverter.GetBytes(i), BitConverter.GetBytes(i), i % partitions)));

    public void Dispose()
    {
        if (_producer.IsValueCreated)
            _producer.Value.Dispose();
        Cluster.Dispose();
    }
}
