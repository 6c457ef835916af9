using System.Text;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Producing;
using HnmStreams.Kafka.Topics;
using Microsoft.Extensions.Logging.Abstractions;

namespace HnmStreams.Benchmarks.Cluster;

/// <summary>A topic with the examples of a model, filled before the measurement and deleted after it.</summary>
internal sealed class ClusterTopic : IAsyncDisposable
{
    // Divisible by the numbers of nodes, so that each node reads as many partitions.
    private const int Partitions = 16;

    private readonly KafkaOptions _kafka;

    private ClusterTopic(KafkaOptions kafka) => _kafka = kafka;

    public string Name => _kafka.Topic;

    /// <param name="rowsPerRecord">Examples per record, as Arrow batches; null is one example per record, as protobuf.</param>
    public static async Task<ClusterTopic> FillAsync(string bootstrap, ClusterModel model, int examples, int? rowsPerRecord, CancellationToken cancellation)
    {
        var topic = new ClusterTopic(new KafkaOptions { BootstrapServers = bootstrap, Topic = $"hnm.cluster.{Guid.NewGuid():n}" });
        await TopicAdmin.CreateAsync(topic._kafka, topic.Name, Partitions);
        await using var producer = new ExampleProducer(topic._kafka, new ProducingOptions(), TimeProvider.System, NullLogger.Instance);
        foreach (var chunk in model.Model.Stream(examples).Chunk(rowsPerRecord ?? 1))
        {
            var value = rowsPerRecord is null ? ExampleEncoder.ToProtobuf(chunk[0]) : ExampleEncoder.ToArrow(chunk);
            await producer.ProduceRawAsync(Encoding.UTF8.GetBytes(chunk[0].Id), value, rowsPerRecord is null ? WireFormat.Protobuf : WireFormat.Arrow, cancellation);
        }

        await producer.FlushAsync(cancellation);
        return producer.Failed == 0 ? topic : throw new InvalidOperationException($"{producer.Failed} records could not be sent: {producer.LastError}");
    }

    public async ValueTask DisposeAsync() => await TopicAdmin.DeleteAsync(_kafka, Name);
}
