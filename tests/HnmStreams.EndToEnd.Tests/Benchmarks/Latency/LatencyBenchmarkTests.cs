using System.Text.Json;
using HnmStreams.Benchmarks.Commands;
using HnmStreams.Host.Application;
using HnmStreams.Testing;
using HnmStreams.Testing.Brokers;

namespace HnmStreams.EndToEnd.Tests.Benchmarks.Latency;

/// <summary>Tests that the benchmark of the time from arrival to prediction runs to its end, with a real broker and with the embedded one.</summary>
public sealed class LatencyBenchmarkTests(RealBroker broker) : IClassFixture<RealBroker>
{
    [Theory(Timeout = 600_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Measures_the_percentiles_at_a_share_of_the_maximum_throughput(bool real)
    {
        string[] bootstrap = real ? ["--bootstrap", await broker.BootstrapOrSkipAsync()] : [];
        using var folder = new TemporaryFolder();
        using var error = new StringWriter();
        var code = await BenchmarkProgram.InvokeAsync(
            ["latency", "--model", "light", "--events", "2048", "--rounds", "1", "--seconds", "1", "--load", "0.1", "--label-delay", "500", "--summary", folder["latency.json"], .. bootstrap],
            new BenchmarkContext(TextWriter.Null, error, folder.Path, TimeProvider.System),
            TestContext.Current.CancellationToken);
        Assert.True(code == ExitCodes.Ok, error.ToString());
        using var summary = JsonDocument.Parse(await File.ReadAllTextAsync(folder["latency.json"], TestContext.Current.CancellationToken));
        var report = summary.RootElement.GetProperty("light");
        Assert.Equal(!real, report.GetProperty("embedded").GetBoolean());
        Assert.True(report.GetProperty("maxEventsPerSecond").GetDouble() > 0);
        var milliseconds = report.GetProperty("milliseconds");
        Assert.InRange(milliseconds.GetProperty("p50").GetDouble(), 0.001, milliseconds.GetProperty("p99").GetDouble());
        Assert.True(milliseconds.GetProperty("count").GetInt64() > 0);
    }
}
