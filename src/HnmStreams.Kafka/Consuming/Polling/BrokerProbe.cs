using Confluent.Kafka;
using HnmStreams.Data.Records;
using HnmStreams.Kafka.Consuming.Status;

namespace HnmStreams.Kafka.Consuming.Polling;

/// <summary>
/// A check whether a broker answers again after all brokers were reported down. librdkafka does not report that a
/// connection is back, and a topic without new records gives no other sign, so the probe sends a request.
/// </summary>
/// <remarks><see cref="MarkDown"/> may be called on librdkafka's threads; all other methods on the consumer thread.</remarks>
internal sealed class BrokerProbe(LoopState state, TimeProvider time)
{
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(1);

    private volatile bool _down;
    private long? _probedAt;

    /// <summary>Notes that the client reported all brokers as down.</summary>
    public void MarkDown() => _down = true;

    /// <summary>Notes that a broker has answered.</summary>
    public void MarkUp() => _down = false;

    /// <summary>Updates the reachability in the status. If the brokers are down, sends a request every two seconds, which blocks for at most one second.</summary>
    public void Update(IConsumer<ByteRange, ByteRange> consumer)
    {
        state.SetReachable(!_down);
        if (!_down || (_probedAt is { } last && time.GetElapsedTime(last) < ProbeInterval))
            return;
        try
        {
            if (consumer.Assignment.Count > 0)
            {
                consumer.QueryWatermarkOffsets(consumer.Assignment[0], ProbeTimeout);
                _down = false;
            }
        }
        catch (KafkaException)
        {
            // The brokers are still down.
        }

        _probedAt = time.GetTimestamp();
    }
}
