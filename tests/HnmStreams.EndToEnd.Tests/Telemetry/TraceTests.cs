using HnmStreams.EndToEnd.Tests.Processes;
using HnmStreams.Testing;

namespace HnmStreams.EndToEnd.Tests.Telemetry;

/// <summary>The traces of records, from the producer to the versions that contain them: spans of two processes, connected by the header of the record.</summary>
public sealed class TraceTests
{
    private const int Examples = 20_000;

    /// <summary>The names of the spans of a record that was trained on, in order.</summary>
    private static readonly string[] Journey = ["hnm.produce", "hnm.consume", "hnm.batch", "hnm.score", "hnm.rank", "hnm.train", "hnm.publish"];

    [Fact(Timeout = 600_000)]
    public async Task The_trace_of_a_record_leads_from_its_producer_to_published_versions()
    {
        await using var collector = await OtlpReceiver.StartAsync();
        using var folder = new TemporaryFolder();
        string[] telemetry = [.. collector.Settings, "--set", "telemetry.traceShare=0.05"];
        await using var broker = HnmProcess.Start("broker", "--topic", "traced");
        var bootstrap = (await broker.LineAsync("bootstrap")).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        await using var service = HnmProcess.Start([
            "run", "--limit", $"{Examples}", "--set", $"kafka.bootstrapServers={bootstrap}", "--set", "kafka.topic=traced", "--checkpoints", "off",
            "--summary", folder["summary.json"], "--set", "http.urls=off", "--set", "models.folder=null", .. telemetry]);
        await service.LineAsync("Learning images");
        var (produced, producerOutput) = await HnmProcess.RunAsync([
            "produce", "--data", "synthetic", "--topic", "traced", "--bootstrap", bootstrap, "--limit", $"{Examples}", "--rate", "4000", .. telemetry]);
        Assert.True(produced == 0, producerOutput);
        Assert.True(await service.ExitAsync() == 0, service.Output);

        var spans = collector.Spans;
        Assert.Equal(Examples / 20, Named(spans, "hnm.produce").Count());
        Assert.All(spans, span => Assert.Equal(span.Name == "hnm.produce" ? "hnm-producer" : "hnm", span.Service));
        // Each record has its own trace, and each span except the producer's has a parent in it.
        var known = spans.Select(s => s.Id).ToHashSet(StringComparer.Ordinal);
        Assert.All(spans, span => Assert.Empty(span.Links));
        Assert.All(spans.Where(span => span.Name != "hnm.produce"), span => Assert.Contains(span.Parent!, known));
        Assert.All(Named(spans, "hnm.produce"), span => Assert.StartsWith("syn-", (string)span.Tags["messaging.kafka.message.key"], StringComparison.Ordinal));

        var traces = spans.GroupBy(span => span.Id.Split('-')[0], StringComparer.Ordinal).Select(trace => trace.ToList()).ToList();
        string[] always = ["hnm.produce", "hnm.consume", "hnm.batch", "hnm.rank"];
        Assert.All(traces, trace => Assert.All(always, name => Assert.Single(Named(trace, name))));
        Assert.All(Named(spans, "hnm.consume"), span => Assert.InRange((long)span.Tags["messaging.kafka.offset"], 0, Examples));
        Assert.All(Named(spans, "hnm.rank"), span => Assert.NotEqual("", (string)span.Tags["hnm.rank.reason"]));
        Assert.Contains(Named(spans, "hnm.rank"), span => Equals(span.Tags["hnm.rank.outcome"], "rejected") && span.Tags.ContainsKey("hnm.pool.threshold") && span.Tags.ContainsKey("hnm.hardness"));
        Assert.Contains(Named(spans, "hnm.rank"), span => Equals(span.Tags["hnm.rank.outcome"], "admitted"));
        // Some of the records were trained on, and a version follows each step.
        var trained = traces.Where(trace => Named(trace, "hnm.train").Any()).ToList();
        Assert.True(trained.Count > 5, $"{trained.Count} of {traces.Count} were trained on");
        Assert.All(trained, trace => Assert.NotEmpty(Named(trace, "hnm.publish")));
        Assert.Contains(trained, trace => Journey.All(name => Named(trace, name).Any()));

        using var summary = System.Text.Json.JsonDocument.Parse(await File.ReadAllTextAsync(folder["summary.json"], TestContext.Current.CancellationToken));
        var last = summary.RootElement.GetProperty("training").GetProperty("modelVersion").GetInt64();
        Assert.All(Named(spans, "hnm.publish"), span => Assert.InRange((long)span.Tags["hnm.model.version"], 1, last));
        Assert.All(Named(spans, "hnm.score"), span => Assert.InRange((long)span.Tags["hnm.model.version"], 0, last));
    }

    private static IEnumerable<ReceivedSpan> Named(IEnumerable<ReceivedSpan> spans, string name) => spans.Where(s => string.Equals(s.Name, name, StringComparison.Ordinal));
}
