using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Embedded;
using HnmStreams.Kafka.Topics;

namespace HnmStreams.Benchmarks.Latency;

/// <summary>A broker with new topics per run: a real one, or an embedded cluster in this process.</summary>
internal sealed class LatencyBroker : IAsyncDisposable
{
    private const int Partitions = 4;

    private readonly string _bootstrap;
    private readonly EmbeddedCluster? _cluster;
    private readonly List<string> _topics = [];

    /// <param name="bootstrap">Null starts an embedded cluster.</param>
    public LatencyBroker(string? bootstrap)
    {
        _cluster = bootstrap is null ? EmbeddedCluster.Start(new EmbeddedClusterOptions { Partitions = Partitions }) : null;
        _bootstrap = bootstrap ?? _cluster!.BootstrapServers;
    }

    public bool IsEmbedded => _cluster is not null;

    /// <summary>Creates a topic of events and one of predictions, and returns the settings of a group that reads the first and writes the second.</summary>
    public async Task<KafkaOptions> CreateTopicsAsync()
    {
        var name = $"hnm.latency.{Guid.NewGuid():n}";
        var kafka = new KafkaOptions { BootstrapServers = _bootstrap, Topic = name, GroupId = name, PredictionsTopic = name + ".predictions" };
        foreach (var topic in (string[])[kafka.Topic, kafka.PredictionsTopic])
        {
            if (_cluster is null)
                await TopicAdmin.CreateAsync(kafka, topic, Partitions);
            else
                _cluster.CreateTopic(topic, Partitions);
            _topics.Add(topic);
        }

        return kafka;
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is null)
        {
            foreach (var topic in _topics)
                await TopicAdmin.DeleteAsync(new KafkaOptions { BootstrapServers = _bootstrap }, topic);
        }

        _cluster?.Dispose();
    }
}
