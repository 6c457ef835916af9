using HnmStreams.Configuration.Sections;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Consuming;
using HnmStreams.Kafka.Embedded;
using HnmStreams.Kafka.Offsets;
using HnmStreams.Kafka.Producing;
using HnmStreams.Kafka.Topics;
using Microsoft.Extensions.Logging.Abstractions;

namespace HnmStreams.Host.Bench;

/// <summary>
/// Where a round reads from: a real broker's topic, filled before the clock starts, or an embedded cluster whose
/// producer works beside the round and is counted in.
/// </summary>
internal sealed class BenchTopic : IAsyncDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(5);

    private readonly BenchStream _stream;
    private readonly EmbeddedCluster? _cluster;
    private readonly KafkaOptions _kafka;
    private readonly int _partitions;
    private int _readers;

    private BenchTopic(BenchStream stream, KafkaOptions kafka, EmbeddedCluster? cluster, int partitions) =>
        (_stream, _kafka, _cluster, _partitions) = (stream, kafka, cluster, partitions);

    public static async Task<BenchTopic> OpenAsync(BenchStream stream, string? bootstrap, int partitions = 4)
    {
        var name = $"hnm.bench.{Guid.NewGuid():n}";
        if (bootstrap is null)
        {
            var cluster = EmbeddedCluster.Start(new EmbeddedClusterOptions { Partitions = partitions });
            return new BenchTopic(stream, new KafkaOptions { BootstrapServers = cluster.BootstrapServers, Topic = name }, cluster, partitions);
        }

        var kafka = new KafkaOptions { BootstrapServers = bootstrap, Topic = name };
        await TopicAdmin.CreateAsync(kafka, name, partitions);
        await using var producer = new ExampleProducer(kafka, new ProducingOptions(), TimeProvider.System, NullLogger.Instance);
        await stream.ProduceAsync(producer);
        return new BenchTopic(stream, kafka, null, partitions);
    }

    /// <summary>Reads the whole stream once into whatever <paramref name="take"/> makes of the consumer's chunks.</summary>
    /// <param name="take">Starts to read; its task ends when the chunks have ended and all is done.</param>
    /// <returns>Seconds from the assignment of partitions to the end of that task.</returns>
    public async Task<double> ReadAsync(Func<RecordConsumer, Task> take, TimeProvider time)
    {
        // Each embedded round has a topic of its own, since its producer sends the stream anew.
        var topic = _cluster is null ? _kafka.Topic : $"{_kafka.Topic}.{_readers}";
        _cluster?.CreateTopic(topic, _partitions);
        var kafka = new KafkaOptions { BootstrapServers = _kafka.BootstrapServers, Topic = topic, GroupId = $"{_kafka.Topic}.{_readers++}" };
        await using var consumer = new RecordConsumer(kafka, new ConsumingOptions(), new StartPosition.Earliest(), null, time, NullLogger.Instance);
        await using var producer = _cluster is null
            ? null
            : new ExampleProducer(kafka, new ProducingOptions(), time, NullLogger.Instance, new FeedGate(topic, consumer, 1024 * 1024), new TelemetryOptions().TraceShare);
        var work = take(consumer);
        consumer.Start();
        while (consumer.Status.Partitions.Count == 0)
            await Task.Delay(Look, time);

        var start = time.GetTimestamp();
        var sending = producer is null ? Task.CompletedTask : Task.Run(() => _stream.ProduceAsync(producer));
        while (consumer.Status.Records < _stream.Count && !work.IsCompleted)
            await Task.Delay(Look, time);
        // Leaving the group takes its time and is nobody's throughput.
        var stopping = consumer.StopAsync(CancellationToken.None);
        await work;
        var seconds = time.GetElapsedTime(start).TotalSeconds;
        await sending;
        await stopping;
        return seconds;
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is null)
            await TopicAdmin.DeleteAsync(_kafka, _kafka.Topic);
        _cluster?.Dispose();
    }
}
