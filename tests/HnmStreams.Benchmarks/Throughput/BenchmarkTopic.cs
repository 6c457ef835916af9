using HnmStreams.Configuration.Sections;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Consuming;
using HnmStreams.Kafka.Embedded;
using HnmStreams.Kafka.Offsets;
using HnmStreams.Kafka.Producing;
using HnmStreams.Kafka.Topics;
using Microsoft.Extensions.Logging.Abstractions;

namespace HnmStreams.Benchmarks.Throughput;

/// <summary>
/// The topic that a round reads: on a real broker, filled before the measurement, or on an embedded cluster whose
/// producer runs during the round and is included in the measurement.
/// </summary>
internal sealed class BenchmarkTopic : IAsyncDisposable
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(5);

    private readonly BenchmarkStream _stream;
    private readonly EmbeddedCluster? _cluster;
    private readonly KafkaOptions _kafka;
    private readonly int _partitions;
    private int _readers;

    private BenchmarkTopic(BenchmarkStream stream, KafkaOptions kafka, EmbeddedCluster? cluster, int partitions) =>
        (_stream, _kafka, _cluster, _partitions) = (stream, kafka, cluster, partitions);

    public static async Task<BenchmarkTopic> OpenAsync(BenchmarkStream stream, string? bootstrap, int partitions = 4)
    {
        var name = $"hnm.bench.{Guid.NewGuid():n}";
        if (bootstrap is null)
        {
            var cluster = EmbeddedCluster.Start(new EmbeddedClusterOptions { Partitions = partitions });
            return new BenchmarkTopic(stream, new KafkaOptions { BootstrapServers = cluster.BootstrapServers, Topic = name }, cluster, partitions);
        }

        var kafka = new KafkaOptions { BootstrapServers = bootstrap, Topic = name };
        await TopicAdmin.CreateAsync(kafka, name, partitions);
        await using var producer = new ExampleProducer(kafka, new ProducingOptions(), TimeProvider.System, NullLogger.Instance);
        await stream.ProduceAsync(producer);
        return new BenchmarkTopic(stream, kafka, null, partitions);
    }

    /// <summary>Reads the whole stream once through <paramref name="consume"/>.</summary>
    /// <param name="consume">Starts to read the consumer's chunks. Its task completes when the chunks have ended and all work is done.</param>
    /// <returns>Seconds from the assignment of the partitions to the completion of that task.</returns>
    public async Task<double> ReadAsync(Func<RecordConsumer, Task> consume, TimeProvider time)
    {
        // Each embedded round has its own topic, because its producer sends the stream again.
        var topic = _cluster is null ? _kafka.Topic : $"{_kafka.Topic}.{_readers}";
        _cluster?.CreateTopic(topic, _partitions);
        var kafka = new KafkaOptions { BootstrapServers = _kafka.BootstrapServers, Topic = topic, GroupId = $"{_kafka.Topic}.{_readers++}" };
        await using var consumer = new RecordConsumer(kafka, new ConsumingOptions(), new StartPosition.Earliest(), null, time, NullLogger.Instance);
        await using var producer = _cluster is null
            ? null
            : new ExampleProducer(kafka, new ProducingOptions(), time, NullLogger.Instance, new FeedGate(topic, consumer, 1024 * 1024), new TelemetryOptions().TraceShare);
        var work = consume(consumer);
        consumer.Start();
        while (!consumer.Status.Partitions.Any(partition => partition.IsAssigned))
            await Task.Delay(PollInterval, time);

        var start = time.GetTimestamp();
        var sending = producer is null ? Task.CompletedTask : Task.Run(() => _stream.ProduceAsync(producer));
        while (consumer.Status.Records < _stream.Records && !work.IsCompleted)
            await Task.Delay(PollInterval, time);
        // The time to leave the consumer group is not part of the throughput.
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
