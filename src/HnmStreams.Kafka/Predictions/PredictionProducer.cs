using System.Text;
using Confluent.Kafka;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire;
using HnmStreams.Data.Wire.Predictions;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Producing;
using Microsoft.Extensions.Logging;

namespace HnmStreams.Kafka.Predictions;

/// <summary>
/// A producer of served predictions to <see cref="KafkaOptions.PredictionsTopic"/>. The key is the id of the example, the value the format
/// of <see cref="PredictionEncoding"/>, which the header <see cref="WireHeaders.Format"/> names. Delivery is at least once.
/// </summary>
/// <remarks>Thread-safe. Writing waits only while the client's own queue is full.</remarks>
public sealed class PredictionProducer : IPredictionSink, IAsyncDisposable
{
    private readonly string _topic;
    private readonly PredictionFormat _format;
    private readonly AcknowledgedProducer _producer;

    /// <exception cref="InvalidOperationException">No topic or no broker is set, or the topic is the topic of examples.</exception>
    public PredictionProducer(KafkaOptions kafka, TimeProvider time, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(kafka);
        _topic = kafka.PredictionsTopic ?? throw new InvalidOperationException("'kafka.predictionsTopic' is not set.");
        if (string.Equals(_topic, kafka.Topic, StringComparison.Ordinal))
            throw new InvalidOperationException($"'kafka.predictionsTopic' must differ from 'kafka.topic' but is '{_topic}' as well.");
        _format = kafka.PredictionsFormat;
        _producer = new AcknowledgedProducer("predictions", _topic, ClientSettings.ForPredictions(kafka), time, logger);
    }

    /// <summary>The number of predictions written, delivered or not.</summary>
    public long Count => _producer.Count;

    /// <summary>The number of predictions that the broker acknowledged.</summary>
    public long Delivered => _producer.Delivered;

    /// <summary>Queues a prediction. Blocks while the client's queue is full.</summary>
    public void Write(Prediction prediction)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        _producer.Produce(new Message<byte[]?, byte[]?>
        {
            Key = Encoding.UTF8.GetBytes(prediction.Id),
            Value = PredictionEncoding.Encode(prediction, _format),
            Headers = FormattedValues.HeadersOf(_format),
        });
    }

    /// <summary>Waits until all predictions written so far are delivered.</summary>
    /// <exception cref="PredictionDeliveryException">A prediction could not be delivered.</exception>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (!await _producer.FlushAsync(cancellationToken))
            throw new PredictionDeliveryException(_producer.Failures, _topic, _producer.Reason);
    }

    /// <summary>Drops the predictions that are still in flight. Call <see cref="FlushAsync"/> before.</summary>
    public ValueTask DisposeAsync() => _producer.DisposeAsync();
}
