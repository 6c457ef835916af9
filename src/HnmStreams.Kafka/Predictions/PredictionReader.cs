using System.Text.Json;
using Confluent.Kafka;
using Google.Protobuf;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire.Predictions;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Topics;

namespace HnmStreams.Kafka.Predictions;

/// <summary>A reader of the predictions that runs have published.</summary>
public static class PredictionReader
{
    /// <summary>Reads <see cref="KafkaOptions.PredictionsTopic"/> once, from its beginning to its current end, in both formats. Records that are no predictions are skipped.</summary>
    /// <exception cref="KafkaException">The broker did not answer.</exception>
    public static IEnumerable<Prediction> Read(KafkaOptions kafka, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(kafka);
        var topic = kafka.PredictionsTopic ?? throw new InvalidOperationException("'kafka.predictionsTopic' is not set.");
        return WholeTopic.Read(kafka, topic, Values.Instance, cancellation).Select(r => r.Message.Value).OfType<Prediction>();
    }

    private sealed class Values : IDeserializer<Prediction?>
    {
        public static Values Instance { get; } = new();

        public Prediction? Deserialize(ReadOnlySpan<byte> data, bool isNull, SerializationContext context)
        {
            if (isNull || data.IsEmpty)
                return null;
            try
            {
                return PredictionEncoding.Decode(data, data[0] == (byte)'{' ? PredictionFormat.Json : PredictionFormat.Protobuf);
            }
            catch (Exception e) when (e is JsonException or InvalidProtocolBufferException)
            {
                return null;
            }
        }
    }
}
