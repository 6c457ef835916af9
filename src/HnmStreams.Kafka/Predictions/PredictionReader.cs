using Confluent.Kafka;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire.Predictions;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Producing;
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

        public Prediction? Deserialize(ReadOnlySpan<byte> data, bool isNull, SerializationContext context) =>
            isNull ? null : FormattedValues.DecodeOrNull(data, PredictionEncoding.Decode);
    }
}
