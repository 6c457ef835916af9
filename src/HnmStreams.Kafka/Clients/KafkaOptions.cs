using System.ComponentModel.DataAnnotations;
using HnmStreams.Data.Wire.Predictions;

namespace HnmStreams.Kafka.Clients;

/// <summary>The connection to Kafka: brokers, topics, consumer group and librdkafka settings.</summary>
public sealed class KafkaOptions
{
    /// <summary>The brokers to connect to first, as a comma-separated list of <c>host:port</c>. If it is not set, the service starts an embedded cluster.</summary>
    public string? BootstrapServers { get; set; }

    /// <summary>The topic of examples. One name; patterns are not supported.</summary>
    [Required]
    [RegularExpression("^[a-zA-Z0-9._-]{1,249}$")]
    public string Topic { get; set; } = "hnm.examples";

    /// <summary>The consumer group. A group has one learner.</summary>
    [Required]
    public string GroupId { get; set; } = "hnm";

    /// <summary>The topic for dead letters, that is, records that cannot become an example. If it is not set, the name is <c>kafka.topic</c> followed by <c>.dead-letters</c>.</summary>
    public string? DeadLetterTopic { get; set; }

    /// <summary>
    /// The compacted topic to which the service publishes the hard negatives that are in the pool, for labeling tools and
    /// other consumers. It is created if it does not exist. If it is not set, nothing is published.
    /// </summary>
    [RegularExpression("^[a-zA-Z0-9._-]{1,249}$")]
    public string? HardNegativesTopic { get; set; }

    /// <summary>The maximum number of new hard negatives that wait for the broker, 1 to 1,000,000. More are dropped and counted; the learner never waits.</summary>
    [Range(1, 1_000_000)]
    public int HardNegativesQueue { get; set; } = 10_000;

    /// <summary>
    /// The topic of labels that come later (<c>labels.mode</c>), if they are not in <c>kafka.topic</c>. It has the same formats and is read in the
    /// group <c>kafka.groupId</c> followed by <c>-labels</c>.
    /// </summary>
    [RegularExpression("^[a-zA-Z0-9._-]{1,249}$")]
    public string? LabelsTopic { get; set; }

    /// <summary>
    /// The topic to which the service publishes the predictions of examples without a label (<c>labels.mode</c>), keyed by id. Delivery is at
    /// least once. It is created if it does not exist. If it is not set, predictions are made but not published.
    /// </summary>
    [RegularExpression("^[a-zA-Z0-9._-]{1,249}$")]
    public string? PredictionsTopic { get; set; }

    /// <summary>The format of the predictions: <c>json</c>, or <c>protobuf</c> (prediction.proto).</summary>
    public PredictionFormat PredictionsFormat { get; set; }

    /// <summary>
    /// The topic to which the service publishes requests to label the examples whose label would help most (<c>labels.requests</c>), keyed by id. A
    /// null value ends a request. Delivery is at least once. It is created if it does not exist. If it is not set, requests are not published.
    /// </summary>
    [RegularExpression("^[a-zA-Z0-9._-]{1,249}$")]
    public string? LabelRequestsTopic { get; set; }

    /// <summary>The format of the label requests: <c>json</c>, or <c>protobuf</c> (label_request.proto).</summary>
    public PredictionFormat LabelRequestsFormat { get; set; }

#pragma warning disable MA0016 // The configuration binder and object initializers both need the concrete class.
    /// <summary>librdkafka settings for every client, for example SASL, TLS or <c>client.id</c>. The values are never logged.</summary>
    public Dictionary<string, string> Client { get; set; } = new(StringComparer.Ordinal);

    /// <summary>
    /// librdkafka settings for the consumer. They take precedence over <see cref="Client"/> and over the service's own
    /// tuning. Settings that the handling of offsets depends on cannot be changed.
    /// </summary>
    public Dictionary<string, string> Consumer { get; set; } = new(StringComparer.Ordinal);

    /// <summary>librdkafka settings for the producers. They take precedence over <see cref="Client"/> and over the service's own tuning.</summary>
    public Dictionary<string, string> Producer { get; set; } = new(StringComparer.Ordinal);
#pragma warning restore MA0016

    /// <summary>The dead-letter topic in effect.</summary>
    public string DeadLetterTopicOrDefault => DeadLetterTopic ?? Topic + ".dead-letters";

    /// <summary>Returns a copy for the topic of labels and its group; null if it is not set.</summary>
    public KafkaOptions? ForLabels()
    {
        if (LabelsTopic is null)
            return null;
        var copy = (KafkaOptions)MemberwiseClone();
        (copy.Topic, copy.GroupId) = (LabelsTopic, GroupId + "-labels");
        return copy;
    }

    /// <summary>Returns a copy whose topic is the one to send labels to: that of labels if it is set, otherwise that of examples.</summary>
    public KafkaOptions ForSendingLabels()
    {
        var copy = (KafkaOptions)MemberwiseClone();
        copy.Topic = LabelsTopic ?? Topic;
        return copy;
    }

    /// <summary>Returns a copy for another consumer group.</summary>
    public KafkaOptions ForGroup(string groupId)
    {
        var copy = (KafkaOptions)MemberwiseClone();
        copy.GroupId = groupId;
        return copy;
    }

    /// <summary>Returns a copy for other brokers. It has no <see cref="Client"/> settings, such as SASL and TLS, because they belong to the configured brokers.</summary>
    public KafkaOptions With(string bootstrapServers)
    {
        var copy = (KafkaOptions)MemberwiseClone();
        (copy.BootstrapServers, copy.Client) = (bootstrapServers, new Dictionary<string, string>(StringComparer.Ordinal));
        return copy;
    }
}
