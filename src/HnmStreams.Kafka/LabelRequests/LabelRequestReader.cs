using System.Text;
using Confluent.Kafka;
using HnmStreams.Data.Labeling;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Producing;
using HnmStreams.Kafka.Topics;

namespace HnmStreams.Kafka.LabelRequests;

/// <summary>A reader of the label requests that runs have published.</summary>
public static class LabelRequestReader
{
    /// <summary>
    /// Reads <see cref="KafkaOptions.LabelRequestsTopic"/> once, from its beginning to its current end, in both formats, and returns the requests
    /// that have no end. Records that are no requests are skipped.
    /// </summary>
    /// <exception cref="KafkaException">The broker did not answer.</exception>
    public static IReadOnlyCollection<LabelRequest> ReadOpen(KafkaOptions kafka, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(kafka);
        var topic = kafka.LabelRequestsTopic ?? throw new InvalidOperationException("'kafka.labelRequestsTopic' is not set.");
        // All records of a key are in one partition, in their order.
        var open = new Dictionary<string, LabelRequest>(StringComparer.Ordinal);
        foreach (var record in WholeTopic.Read(kafka, topic, Deserializers.ByteArray, cancellation))
        {
            if (record.Message.Key is not { } key)
                continue;
            if (record.Message.Value is not { Length: > 0 } value)
                open.Remove(Encoding.UTF8.GetString(key));
            else if (FormattedValues.DecodeOrNull(value, LabelRequestEncoding.Decode) is { } request)
                open[Encoding.UTF8.GetString(key)] = request;
        }

        return open.Values;
    }
}
