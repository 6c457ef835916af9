using System.Text;
using Confluent.Kafka;
using HnmStreams.Data.Labeling;
using HnmStreams.Data.Wire;
using HnmStreams.Data.Wire.Predictions;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Producing;
using Microsoft.Extensions.Logging;

namespace HnmStreams.Kafka.LabelRequests;

/// <summary>
/// A producer of label requests to <see cref="KafkaOptions.LabelRequestsTopic"/>. The key is the id of the example, the value the format of
/// <see cref="LabelRequestEncoding"/>, which the header <see cref="WireHeaders.Format"/> names; a null value ends the request. Delivery is at least once.
/// </summary>
/// <remarks>Thread-safe. Writing waits only while the client's own queue is full.</remarks>
public sealed class LabelRequestProducer : ILabelRequestSink, IAsyncDisposable
{
    private readonly string _topic;
    private readonly PredictionFormat _format;
    private readonly AcknowledgedProducer _producer;

    /// <exception cref="InvalidOperationException">No topic or no broker is set.</exception>
    public LabelRequestProducer(KafkaOptions kafka, TimeProvider time, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(kafka);
        _topic = kafka.LabelRequestsTopic ?? throw new InvalidOperationException("'kafka.labelRequestsTopic' is not set.");
        _format = kafka.LabelRequestsFormat;
        _producer = new AcknowledgedProducer("label-requests", _topic, ClientSettings.ForLabelRequests(kafka), time, logger);
    }

    /// <inheritdoc/>
    public void Write(LabelRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        _producer.Produce(new Message<byte[]?, byte[]?>
        {
            Key = Encoding.UTF8.GetBytes(request.Id),
            Value = LabelRequestEncoding.Encode(request, _format),
            Headers = FormattedValues.HeadersOf(_format),
        });
    }

    /// <inheritdoc/>
    public void WriteEnd(string id) => _producer.Produce(new Message<byte[]?, byte[]?> { Key = Encoding.UTF8.GetBytes(id), Value = null });

    /// <inheritdoc/>
    /// <exception cref="LabelRequestDeliveryException">A request could not be delivered.</exception>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (!await _producer.FlushAsync(cancellationToken))
            throw new LabelRequestDeliveryException(_producer.Failures, _topic, _producer.Reason);
    }

    /// <summary>Drops the requests that are still in flight. Call <see cref="FlushAsync"/> before.</summary>
    public ValueTask DisposeAsync() => _producer.DisposeAsync();
}
