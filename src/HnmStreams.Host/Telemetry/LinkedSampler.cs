using System.Diagnostics;
using OpenTelemetry.Trace;

namespace HnmStreams.Host.Telemetry;

/// <summary>
/// Producers decide what is traced: a share of their records begins a trace, and a batch or step is recorded where it
/// is linked to such a record. Children follow their parents.
/// </summary>
internal sealed class LinkedSampler(double share) : Sampler
{
    private readonly ParentBasedSampler _inner = new(new TraceIdRatioBasedSampler(share));

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters)
    {
        if (samplingParameters.ParentContext.TraceId == default && samplingParameters.Links is { } links)
        {
            foreach (var link in links)
            {
                if (link.Context.TraceFlags.HasFlag(ActivityTraceFlags.Recorded))
                    return new SamplingResult(SamplingDecision.RecordAndSample);
            }
        }

        return _inner.ShouldSample(samplingParameters);
    }
}
