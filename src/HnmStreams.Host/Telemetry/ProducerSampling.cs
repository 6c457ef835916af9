using System.Diagnostics;
using HnmStreams.Kafka.Telemetry;

namespace HnmStreams.Host.Telemetry;

/// <summary>
/// Sampling of records in a producer without a collector. Nothing is exported, but the sampled records carry a <c>traceparent</c> header, so that the
/// service that consumes them can show their traces.
/// </summary>
internal sealed class ProducerSampling : IDisposable
{
    private readonly ActivityListener _listener = new()
    {
        ShouldListenTo = source => string.Equals(source.Name, KafkaInstruments.Name, StringComparison.Ordinal),
        Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
    };

    public ProducerSampling() => ActivitySource.AddActivityListener(_listener);

    public void Dispose() => _listener.Dispose();
}
