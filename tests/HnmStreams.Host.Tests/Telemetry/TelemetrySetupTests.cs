using System.Diagnostics;
using HnmStreams.Host.Telemetry;
using OpenTelemetry.Trace;

namespace HnmStreams.Host.Tests.Telemetry;

public class TelemetrySetupTests
{
    [Fact]
    public void Settings_win_over_the_standard_variables_and_nothing_else_of_the_environment_passes()
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
    public void A_batch_is_recorded_where_a_recorded_example_is_in_it()
    {
        var sampler = new LinkedSampler(0);
        Assert.Equal(SamplingDecision.Drop, Decide(sampler, []));
        Assert.Equal(SamplingDecision.Drop, Decide(sampler, [Link(ActivityTraceFlags.None)]));
        Assert.Equal(SamplingDecision.RecordAndSample, Decide(sampler, [Link(ActivityTraceFlags.None), Link(ActivityTraceFlags.Recorded)]));
    }

    [Fact]
    public void Children_follow_their_parents_and_roots_the_share()
    {
        Assert.Equal(SamplingDecision.RecordAndSample, Decide(new LinkedSampler(0), [], Link(ActivityTraceFlags.Recorded).Context));
        Assert.Equal(SamplingDecision.Drop, Decide(new LinkedSampler(1), [], Link(ActivityTraceFlags.None).Context));
        Assert.Equal(SamplingDecision.RecordAndSample, Decide(new LinkedSampler(1), []));
    }

    private static SamplingDecision Decide(LinkedSampler sampler, ActivityLink[] links, ActivityContext parent = default) =>
        sampler.ShouldSample(new SamplingParameters(parent, ActivityTraceId.CreateRandom(), "span", ActivityKind.Internal, null, links)).Decision;

    private static ActivityLink Link(ActivityTraceFlags flags) =>
        new(new ActivityContext(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), flags));
}
