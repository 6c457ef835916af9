using System.Diagnostics;
using HnmStreams.Configuration.Sections;
using HnmStreams.Host.Telemetry;
using HnmStreams.Kafka.Telemetry;
using OpenTelemetry.Trace;

namespace HnmStreams.Host.Tests.Telemetry;

public class TelemetrySetupTests
{
    [Fact]
    public void Settings_override_the_standard_variables_and_other_variables_are_ignored()
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://from-environment:4317",
            ["OTEL_SERVICE_NAME"] = "named",
            ["OTEL_EXPORTER_OTLP_HEADERS"] = "",
            ["URLS"] = "http://0.0.0.0:1",
        };
        Assert.Equal("http://from-environment:4317", TelemetrySetup.Standard(new TelemetryOptions(), environment)["OTEL_EXPORTER_OTLP_ENDPOINT"]);
        var set = TelemetrySetup.Standard(new TelemetryOptions { OtlpEndpoint = new Uri("http://c:4318"), OtlpProtocol = "http/protobuf" }, environment);
        Assert.Equal("http://c:4318/", set["OTEL_EXPORTER_OTLP_ENDPOINT"]);
        Assert.Equal("http/protobuf", set["OTEL_EXPORTER_OTLP_PROTOCOL"]);
        Assert.Equal("named", set["OTEL_SERVICE_NAME"]);
        Assert.Equal(3, set.Count);
    }

    [Fact]
    public void Records_the_spans_that_a_producer_sampled_and_children_of_recorded_parents()
    {
        Assert.Equal(SamplingDecision.RecordAndSample, Decide(new ProducerDecidedSampler(0), KafkaInstruments.ProduceSpan));
        Assert.Equal(SamplingDecision.RecordAndSample, Decide(new ProducerDecidedSampler(0), "hnm.batch", ActivityTraceFlags.Recorded));
        Assert.Equal(SamplingDecision.Drop, Decide(new ProducerDecidedSampler(1), "hnm.batch", ActivityTraceFlags.None));
    }

    [Fact]
    public void Samples_requests_by_the_configured_share()
    {
        Assert.Equal(SamplingDecision.Drop, Decide(new ProducerDecidedSampler(0), "GET"));
        Assert.Equal(SamplingDecision.RecordAndSample, Decide(new ProducerDecidedSampler(1), "GET"));
    }

    [Fact]
    public void A_producer_without_a_collector_records_no_traces() =>
        Assert.Null(TelemetrySetup.ProducerTraces(new TelemetryOptions(), new Dictionary<string, string>(StringComparer.Ordinal)));

    private static SamplingDecision Decide(ProducerDecidedSampler sampler, string name, ActivityTraceFlags? parent = null)
    {
        var context = parent is { } flags ? new ActivityContext(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), flags) : default;
        return sampler.ShouldSample(new SamplingParameters(context, ActivityTraceId.CreateRandom(), name, ActivityKind.Internal)).Decision;
    }
}
