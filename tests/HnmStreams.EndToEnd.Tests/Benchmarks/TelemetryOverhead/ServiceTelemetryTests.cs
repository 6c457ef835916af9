using System.Diagnostics;
using System.Diagnostics.Metrics;
using HnmStreams.Benchmarks.TelemetryOverhead;
using HnmStreams.Kafka.Telemetry;

namespace HnmStreams.EndToEnd.Tests.Benchmarks.TelemetryOverhead;

public sealed class ServiceTelemetryTests
{
    /// <summary>Ensures that the benchmark compares telemetry with no telemetry.</summary>
    [Fact(Timeout = 600_000)]
    public async Task Enables_meters_and_activity_sources()
    {
        using var meter = new Meter("HnmStreams.ServiceTelemetryTests");
        using var source = new ActivitySource("HnmStreams.ServiceTelemetryTests");
        var counter = meter.CreateCounter<long>("hnm.telemetry_tests");
        await using var telemetry = await ServiceTelemetry.StartAsync(TimeProvider.System);
        Assert.True(counter.Enabled);
        Assert.True(source.HasListeners());
        using var activity = source.StartActivity(KafkaInstruments.ProduceSpan, ActivityKind.Producer);
        Assert.True(activity!.Recorded);
    }
}
