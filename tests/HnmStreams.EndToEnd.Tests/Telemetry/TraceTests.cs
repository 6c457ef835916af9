using HnmStreams.EndToEnd.Tests.Processes;
using HnmStreams.Testing;

namespace HnmStreams.EndToEnd.Tests.Telemetry;

/// <summary>Tests that traces lead from a record to the weights that it changed. The record's header connects the spans of the two processes.</summary>
public sealed class TraceTests
{
    private const int Examples = 20_000;

    /// <summary>The spans on the path of a record, in order.</summary>
    private static readonly string[] SpansOnPath = ["hnm.produce", "hnm.consume", "hnm.batch", "hnm.score", "hnm.rank", "hnm.train", "hnm.publish"];

    [Fact(Timeout = 600_000)]
    public async Task Parents_and_links_lead_from_the_producers_span_to_published_versions()
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
        // Every span has a cause that was recorded; the first cause is a record that the producer sampled.
        var known = spans.Select(s => s.Id).ToHashSet(StringComparer.Ordinal);
        Assert.All(spans, span => Assert.True(span.Name == "hnm.produce" || span.Causes.Any(known.Contains), $"{span.Name} {span.Id} has no recorded cause"));
        // A batch, a step or a version continues one trace and links those of its other records.
        Assert.All(["hnm.batch", "hnm.train", "hnm.publish"], name => Assert.Contains(Named(spans, name), span => span.Links.Count > 0));
        Assert.All(spans.Where(span => span.Name != "hnm.produce"), span => Assert.NotNull(span.Parent));
        Assert.All(Named(spans, "hnm.produce"), span => Assert.StartsWith("syn-", (string)span.Tags["messaging.kafka.message.key"], StringComparison.Ordinal));

        var effects = spans.SelectMany(span => span.Causes.Select(cause => (cause, span))).ToLookup(e => e.cause, e => e.span, StringComparer.Ordinal);
        var reached = Named(spans, "hnm.produce").Select(record => WithEffects(record, effects)).ToList();
        // Each sampled record is consumed and ranked. Some were trained on, and each of these reaches a published version.
        string[] always = ["hnm.consume", "hnm.batch", "hnm.rank"];
        Assert.All(reached, path => Assert.All(always, name => Assert.Contains(path, s => s.Name == name)));
        var trained = reached.Where(path => path.Exists(s => s.Name == "hnm.train")).ToList();
        Assert.True(trained.Count > 5, $"{trained.Count} of {reached.Count} were trained on");
        Assert.All(trained, path => Assert.Contains(path, s => s.Name == "hnm.publish"));
        Assert.Contains(trained, path => SpansOnPath.All(name => path.Exists(s => s.Name == name)));

        using var summary = System.Text.Json.JsonDocument.Parse(await File.ReadAllTextAsync(folder["summary.json"], TestContext.Current.CancellationToken));
        var last = summary.RootElement.GetProperty("training").GetProperty("modelVersion").GetInt64();
        Assert.All(Named(spans, "hnm.publish"), span => Assert.InRange((long)span.Tags["hnm.model.version"], 1, last));
        Assert.All(Named(spans, "hnm.score"), span => Assert.InRange((long)span.Tags["hnm.model.version"], 0, last));
    }

    private static IEnumerable<ReceivedSpan> Named(IEnumerable<ReceivedSpan> spans, string name) => spans.Where(s => string.Equals(s.Name, name, StringComparison.Ordinal));

    /// <summary>Returns the span and all spans that it caused, directly or indirectly.</summary>
    private static List<ReceivedSpan> WithEffects(ReceivedSpan from, ILookup<string, ReceivedSpan> effects)
    {
        var reached = new List<ReceivedSpan> { from };
        var seen = new HashSet<string>(StringComparer.Ordinal) { from.Id };
        for (var i = 0; i < reached.Count; i++)
            reached.AddRange(effects[reached[i].Id].Where(effect => seen.Add(effect.Id)));
        return reached;
    }
}
