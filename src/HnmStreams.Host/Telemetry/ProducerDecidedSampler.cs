using HnmStreams.Kafka.Telemetry;
using OpenTelemetry.Trace;

namespace HnmStreams.Host.Telemetry;

/// <summary>
/// Producers decide what is traced: a span that they begin is one of the chosen records', and all later spans of the
/// record's way follow their parents. Other roots (requests to the pages) are recorded by the share.
/// </summary>
internal sealed class ProducerDecidedSampler(double share) : Sampler
{
    private readonly ParentBasedSampler _inner = new(new Roots(share));

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) => _inner.ShouldSample(samplingParameters);

    private sealed class Roots(double share) : Sampler
    {
        private readonly TraceIdRatioBasedSampler _others = new(share);

        public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) =>
            string.Equals(samplingParameters.Name, KafkaInstruments.ProduceSpan, StringComparison.Ordinal)
                ? new SamplingResult(SamplingDecision.RecordAndSample)
                : _others.ShouldSample(samplingParameters);
    }
}
