using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Kafka.Clients;

/// <summary>Where the stream is, and what its clients are told beyond what this project sets itself.</summary>
public sealed class KafkaOptions
{
    /// <summary>Comma-separated <c>host:port</c> list. Null: no Kafka is configured (the host then starts the embedded cluster).</summary>
    public string? BootstrapServers { get; set; }

    /// <summary>The topic of examples: one name, no pattern.</summary>
    [Required]
    [RegularExpression("^[a-zA-Z0-9._-]{1,249}$")]
    public string Topic { get; set; } = "hnm.examples";

    /// <summary>The consumer group; one learner per group.</summary>
    [Required]
    public string GroupId { get; set; } = "hnm";

    /// <summary>Where records that cannot be decoded go; null is the topic's name with <c>.dead-letters</c>.</summary>
    public string? DeadLetterTopic { get; set; }

    /// <summary>Where it is told which hard negatives are kept, for labelling tools and others; null tells nobody. A compacted topic, made where it is missing.</summary>
    [RegularExpression("^[a-zA-Z0-9._-]{1,249}$")]
    public string? HardNegativesTopic { get; set; }

    /// <summary>How many new hard negatives may wait for the broker; more are dropped and counted, and the learner never waits.</summary>
    [Range(1, 1_000_000)]
    public int HardNegativesQueue { get; set; } = 10_000;

#pragma warning disable MA0016 // The configuration binder and object initialisers both want the class itself.
    /// <summary>librdkafka settings for every client: SASL, TLS, client.id. Values never reach a log.</summary>
    public Dictionary<string, string> Client { get; set; } = new(StringComparer.Ordinal);

    /// <summary>librdkafka settings for the consumer; they win over <see cref="Client"/> and over this project's tuning, never over what its correctness rests on.</summary>
    public Dictionary<string, string> Consumer { get; set; } = new(StringComparer.Ordinal);

    /// <summary>librdkafka settings for the producers, in the same way.</summary>
    public Dictionary<string, string> Producer { get; set; } = new(StringComparer.Ordinal);
#pragma warning restore MA0016

    /// <summary>The dead-letter topic in effect.</summary>
    public string DeadLetterTopicOrDefault => DeadLetterTopic ?? Topic + ".dead-letters";
}
