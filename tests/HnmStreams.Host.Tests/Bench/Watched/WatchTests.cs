using System.Diagnostics;
using System.Diagnostics.Metrics;
using HnmStreams.Host.Bench.Watched;
using HnmStreams.Kafka.Telemetry;

namespace HnmStreams.Host.Tests.Bench.Watched;

public sealed class WatchTests
{
    /// <summary>Else the comparison would be one of nothing with nothing.</summary>
    [Fact]
    public async Task While_it_watches_meters_and_spans_are_listened_to()
    {
        using var meter = new Meter("HnmStreams.WatchTests");
        using var source = new ActivitySource("HnmStreams.WatchTests");
        var counter = meter.CreateCounter<long>("hnm.watch_tests");
        await using var watch = await Watch.StartAsync(TimeProvider.System);
        Assert.True(counter.Enabled);
        Assert.True(source.HasListeners());
        using var chosen = source.StartActivity(KafkaInstruments.ProduceSpan, ActivityKind.Producer);
        Assert.True(chosen!.Recorded);
    }
}
