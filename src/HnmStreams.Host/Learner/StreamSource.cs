using HnmStreams.Configuration.Sections;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Embedded;

namespace HnmStreams.Host.Learner;

/// <summary>
/// The Kafka that a run talks to: the configured one, or an embedded cluster of its own. Nothing but the address
/// differs after this point.
/// </summary>
internal sealed class StreamSource : IDisposable
{
    private readonly EmbeddedCluster? _cluster;

    private StreamSource(KafkaOptions kafka, EmbeddedCluster? cluster) => (Kafka, _cluster) = (kafka, cluster);

    public KafkaOptions Kafka { get; }

    public bool IsEmbedded => _cluster is not null;

    public static StreamSource Open(HnmOptions options)
    {
        if (!string.IsNullOrWhiteSpace(options.Kafka.BootstrapServers))
        {
            // One learner a group: a restart takes the member's place at once, instead of waiting until the group has missed the dead one.
            options.Kafka.Consumer.TryAdd("group.instance.id", "hnm-learner");
            return new StreamSource(options.Kafka, null);
        }

        var cluster = EmbeddedCluster.Start(new EmbeddedClusterOptions
        {
            Partitions = options.Embedded.Partitions,
            Topics = [options.Kafka.Topic, options.Kafka.DeadLetterTopicOrDefault, .. options.Kafka.HardNegativesTopic is { } told ? [told] : Array.Empty<string>()],
        });
        return new StreamSource(AddressedTo(options.Kafka, cluster.BootstrapServers), cluster);
    }

    public void Dispose() => _cluster?.Dispose();

    // Settings for all clients (SASL, TLS) are meant for a broker that is not there.
    private static KafkaOptions AddressedTo(KafkaOptions kafka, string bootstrap) => new()
    {
        BootstrapServers = bootstrap,
        Topic = kafka.Topic,
        GroupId = kafka.GroupId,
        DeadLetterTopic = kafka.DeadLetterTopic,
        HardNegativesTopic = kafka.HardNegativesTopic,
        HardNegativesQueue = kafka.HardNegativesQueue,
        Consumer = kafka.Consumer,
        Producer = kafka.Producer,
    };
}
