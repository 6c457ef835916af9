using HnmStreams.Configuration.Sections;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Embedded;

namespace HnmStreams.Host.Learner;

/// <summary>
/// The Kafka cluster of a run: the configured one, or an embedded cluster. The rest of the service only sees the address.
/// </summary>
internal sealed class RunCluster : IDisposable
{
    private readonly EmbeddedCluster? _cluster;

    private RunCluster(KafkaOptions kafka, EmbeddedCluster? cluster) => (Kafka, _cluster) = (kafka, cluster);

    public KafkaOptions Kafka { get; }

    public bool IsEmbedded => _cluster is not null;

    public static RunCluster Open(HnmOptions options)
    {
        if (!string.IsNullOrWhiteSpace(options.Kafka.BootstrapServers))
        {
            if (options.Cluster.Enabled)
            {
                // The partitions of a score node that ends are to flow again soon.
                options.Kafka.Consumer.TryAdd("session.timeout.ms", "6000");
                options.Kafka.Consumer.TryAdd("heartbeat.interval.ms", "1500");
            }
            else
            {
                // Static membership: with one learner per group, a restarted process rejoins at once instead of after the session timeout.
                options.Kafka.Consumer.TryAdd("group.instance.id", "hnm-learner");
            }

            return new RunCluster(options.Kafka, null);
        }

        var cluster = EmbeddedCluster.Start(new EmbeddedClusterOptions
        {
            Partitions = options.Embedded.Partitions,
            Topics = [options.Kafka.Topic, options.Kafka.DeadLetterTopicOrDefault, .. options.Kafka.HardNegativesTopic is { } topic ? [topic] : Array.Empty<string>()],
        });
        // The mock cluster waits its full time before each response, and its producer is this process: large responses are faster and safe.
        options.Kafka.Consumer.TryAdd("fetch.max.bytes", "52428800");
        options.Kafka.Consumer.TryAdd("fetch.message.max.bytes", "1048576");
        return new RunCluster(options.Kafka.With(cluster.BootstrapServers), cluster);
    }

    public void Dispose() => _cluster?.Dispose();
}
