using HnmStreams.EndToEnd.Tests.Processes;
using HnmStreams.Testing;

namespace HnmStreams.EndToEnd.Tests.Telemetry;

/// <summary>From a record to the weights that it changed: spans of two processes, held together by the record's own header.</summary>
public sealed class TraceTests
{
    private const int Examples = 20_000;

    /// <summary>The way of a record, in the order in which it goes.</summary>
    private static readonly string[] Way = ["hnm.produce", "hnm.consume", "hnm.batch", "hnm.score", "hnm.rank", "hnm.train", "hnm.publish"];

    [Fact(Timeout = 600_000)]
    public async Task From_a_producers_span_the_way_leads_by_parents_and_links_to_published_versions()
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
        var (produced, said) = await HnmProcess.RunAsync([
            "produce", "--data", "synthetic", "--topic", "traced", "--bootstrap", bootstrap, "--limit", $"{Examples}", "--rate", "4000", .. telemetry]);
        Assert.True(produced == 0, said);
        Assert.True(await service.ExitAsync() == 0, service.Output);

        var spans = collector.Spans;
        Assert.Equal(Examples / 20, Named(spans, "hnm.produce").Count());
        Assert.All(spans, span => Assert.Equal(span.Name == "hnm.produce" ? "hnm-producer" : "hnm", span.Service));
        // Nothing stands for itself: all that was recorded goes back to a record that was chosen where it was produced.
        var known = spans.Select(s => s.Id).ToHashSet(StringComparer.Ordinal);
        Assert.All(spans, span => Assert.True(span.Name == "hnm.produce" || span.Causes.Any(known.Contains), $"{span.Name} {span.Id} comes from nowhere"));
        // One trace goes on; the other records of a batch, of a step and of a version are linked.
        Assert.All(["hnm.batch", "hnm.train", "hnm.publish"], name => Assert.Contains(Named(spans, name), span => span.Links.Count > 0));
        Assert.All(spans.Where(span => span.Name != "hnm.produce"), span => Assert.NotNull(span.Parent));
        Assert.All(Named(spans, "hnm.produce"), span => Assert.StartsWith("syn-", (string)span.Tags["messaging.kafka.message.key"], StringComparison.Ordinal));

        var effects = spans.SelectMany(span => span.Causes.Select(cause => (cause, span))).ToLookup(e => e.cause, e => e.span, StringComparer.Ordinal);
        var reached = Named(spans, "hnm.produce").Select(record => Reached(record, effects)).ToList();
        // Each chosen record is consumed and ranked; some of them were trained on, and of each of these a version tells.
        string[] always = ["hnm.consume", "hnm.batch", "hnm.rank"];
        Assert.All(reached, way => Assert.All(always, name => Assert.Contains(way, s => s.Name == name)));
        var trained = reached.Where(way => way.Exists(s => s.Name == "hnm.train")).ToList();
        Assert.True(trained.Count > 5, $"{trained.Count} of {reached.Count} were trained on");
        Assert.All(trained, way => Assert.Contains(way, s => s.Name == "hnm.publish"));
        Assert.Contains(trained, way => Way.All(name => way.Exists(s => s.Name == name)));

        using var summary = System.Text.Json.JsonDocument.Parse(await File.ReadAllTextAsync(folder["summary.json"], TestContext.Current.CancellationToken));
        var last = summary.RootElement.GetProperty("training").GetProperty("modelVersion").GetInt64();
        Assert.All(Named(spans, "hnm.publish"), span => Assert.InRange((long)span.Tags["hnm.model.version"], 1, last));
        Assert.All(Named(spans, "hnm.score"), span => Assert.InRange((long)span.Tags["hnm.model.version"], 0, last));
    }

    private static IEnumerable<ReceivedSpan> Named(IEnumerable<ReceivedSpan> spans, string name) => spans.Where(s => string.Equals(s.Name, name, StringComparison.Ordinal));

    /// <summary>All spans that go back to this one, itself included.</summary>
    private static List<ReceivedSpan> Reached(ReceivedSpan from, ILookup<string, ReceivedSpan> effects)
    {
        var reached = new List<ReceivedSpan> { from };
        var seen = new HashSet<string>(StringComparer.Ordinal) { from.Id };
        for (var i = 0; i < reached.Count; i++)
            reached.AddRange(effects[reached[i].Id].Where(effect => seen.Add(effect.Id)));
        return reached;
    }
}
