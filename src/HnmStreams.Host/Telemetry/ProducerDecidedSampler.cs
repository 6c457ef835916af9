using HnmStreams.Kafka.Telemetry;
using OpenTelemetry.Trace;

namespace HnmStreams.Host.Telemetry;

/// <summary>
/// A sampler that leaves the decision to producers: a root span of a producer belongs to a sampled record and is always
/// recorded, and all later spans of that record follow their parents. Other root spans (HTTP requests) are sampled by the share.
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
