using System.Text.Json;
using HnmStreams.Host.Summaries;
using HnmStreams.Host.Terminal;
using HnmStreams.Pipeline.Flow.Promotion;
using HnmStreams.Pipeline.Publishing;
using HnmStreams.Testing;
using HnmStreams.Testing.Learner;
using HnmStreams.Web.Verdicts;

namespace HnmStreams.Host.Tests.Summaries;

public class RunSummaryTests
{
    [Fact]
    public async Task Writes_the_documented_fields()
    {
        using var json = await WriteAsync(Summary());
        var root = json.RootElement;
        Assert.Equal(1_000, root.GetProperty("ranking").GetProperty("stream").GetProperty("consumed").GetInt64());
        Assert.Equal(950, root.GetProperty("ranking").GetProperty("stream").GetProperty("scored").GetInt64());
        Assert.Equal(64, root.GetProperty("training").GetProperty("trainedRows").GetInt64());
        Assert.Equal(2, root.GetProperty("training").GetProperty("steps").GetInt64());
        Assert.Equal(7, root.GetProperty("training").GetProperty("modelVersion").GetInt64());
        Assert.Equal(3, root.GetProperty("ranking").GetProperty("stream").GetProperty("deadLettered").GetInt64());
        Assert.Equal(100, root.GetProperty("examplesPerSecond").GetDouble(), 1e-9);
        Assert.Equal(0.5, root.GetProperty("scoring").GetProperty("seconds").GetDouble());
        Assert.Equal(0.25, root.GetProperty("training").GetProperty("seconds").GetDouble());
        Assert.Equal(10, root.GetProperty("seconds").GetDouble());
        Assert.Equal(0.75, root.GetProperty("evaluation").GetProperty("heldOut").GetProperty("averagePrecision").GetDouble());
        Assert.Equal(0.5, root.GetProperty("evaluation").GetProperty("prequential").GetProperty("averagePrecision").GetDouble());
        Assert.Equal(12, root.GetProperty("ranking").GetProperty("pool").GetProperty("count").GetInt32());
        Assert.Equal(9_408, root.GetProperty("ranking").GetProperty("pool").GetProperty("bytes").GetInt64());
        Assert.Equal(403, root.GetProperty("ranking").GetProperty("positions")[1].GetProperty("nextOffset").GetInt64());
        Assert.Equal("completed", root.GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task Undefined_values_are_null()
    {
        var empty = HnmStreams.Pipeline.Evaluating.EvaluationReport.Empty;
        using var json = await WriteAsync(RunSummary.Of("stopped", "images", 1, RunStates.Status, empty, TimeSpan.Zero, null));
        var root = json.RootElement;
        Assert.Equal(JsonValueKind.Null, root.GetProperty("evaluation").GetProperty("heldOut").GetProperty("averagePrecision").ValueKind);
        Assert.Equal(JsonValueKind.Null, root.GetProperty("evaluation").GetProperty("test").ValueKind);
        Assert.Equal(JsonValueKind.Null, root.GetProperty("ranking").GetProperty("pool").GetProperty("threshold").ValueKind);
        Assert.Equal(0.9, root.GetProperty("ranking").GetProperty("pool").GetProperty("hardest").GetDouble());
        Assert.Equal(0, root.GetProperty("examplesPerSecond").GetDouble());
    }

    [Fact]
    public async Task The_verdict_is_the_last_entry_of_the_summary_and_the_terminal()
    {
        var summary = RunSummary.Of("completed", "images", 1, RunStates.Status, RunStates.Evaluation, TimeSpan.FromSeconds(10), null) with { Verdict = RunVerdict.Of(RunStates.Snapshot, []) };
        using var json = await WriteAsync(summary);
        var verdict = json.RootElement.EnumerateObject().Last();
        Assert.Equal(("verdict", "learning"), (verdict.Name, verdict.Value.GetProperty("kind").GetString()));
        Assert.EndsWith($"  verdict      {verdict.Value.GetProperty("sentence").GetString()}", FinalLines.Of(summary), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Writes_the_baselines_and_the_uplift()
    {
        var status = RunStates.Status with { Baselines = RunStates.Baselines, MiningBudget = RunStates.MiningBudget };
        using var json = await WriteAsync(RunSummary.Of("completed", "images", 1, status, RunStates.Evaluation, TimeSpan.FromSeconds(10), null));
        var baselines = json.RootElement.GetProperty("baselines");
        Assert.Equal(JsonValueKind.Null, baselines.GetProperty("random").GetProperty("averagePrecision").ValueKind);
        Assert.Equal(0.125, baselines.GetProperty("random").GetProperty("seconds").GetDouble());
        Assert.Equal(0.5, baselines.GetProperty("randomEqualCompute").GetProperty("averagePrecision").GetDouble());
        Assert.Equal(0.625, baselines.GetProperty("randomEqualCompute").GetProperty("seconds").GetDouble());
        var uplift = json.RootElement.GetProperty("uplift");
        Assert.Equal((0.25, 0.125, 0.375), (uplift.GetProperty("mean").GetDouble(), uplift.GetProperty("low").GetDouble(), uplift.GetProperty("high").GetDouble()));
        Assert.Equal(JsonValueKind.Null, uplift.GetProperty("atEqualCompute").ValueKind);
        Assert.Equal(0.25, json.RootElement.GetProperty("miningBudget").GetProperty("scoredShare").GetDouble());
        using var without = await WriteAsync(Summary());
        Assert.Equal(JsonValueKind.Null, without.RootElement.GetProperty("baselines").ValueKind);
        Assert.Equal(JsonValueKind.Null, without.RootElement.GetProperty("uplift").ValueKind);
    }

    [Fact]
    public async Task Reports_a_saved_version_that_is_older_than_the_newest()
    {
        var card = new ModelCard("images", 2, default, 1, 2, new Dictionary<string, double>(StringComparer.Ordinal) { ["averagePrecision"] = 0.75 }, [], Promotion: "the first version with a defined averagePrecision");
        var summary = RunSummary.Of("completed", "images", 1, RunStates.Status, RunStates.Evaluation, TimeSpan.FromSeconds(10), new SavedModel("models/v2", card));
        using var json = await WriteAsync(summary);
        Assert.Equal("models/v2", json.RootElement.GetProperty("model").GetString());
        var saved = json.RootElement.GetProperty("saved");
        Assert.Equal((2, 0.75), (saved.GetProperty("version").GetInt64(), saved.GetProperty("heldOut").GetProperty("averagePrecision").GetDouble()));
        Assert.Contains($"version 2 instead of {RunStates.Status.Training.ModelVersion}, ", HnmStreams.Host.Terminal.FinalLines.Of(summary), StringComparison.Ordinal);
        var newest = summary with { Training = summary.Training with { ModelVersion = 2 } };
        Assert.DoesNotContain("instead of", HnmStreams.Host.Terminal.FinalLines.Of(newest), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replaces_an_older_summary_and_leaves_no_other_file()
    {
        using var folder = new TemporaryFolder().With("deep/out.json", "old");
        Summary().Write(folder["deep/out.json"]);
        Assert.StartsWith("{", await File.ReadAllTextAsync(folder["deep/out.json"], TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(folder["deep"]));
    }

    private static RunSummary Summary() =>
        RunSummary.Of("completed", "images", 1, RunStates.Status, RunStates.Evaluation, TimeSpan.FromSeconds(10), null);

    private static async Task<JsonDocument> WriteAsync(RunSummary summary)
    {
        using var folder = new TemporaryFolder();
        summary.Write(folder["out.json"]);
        return JsonDocument.Parse(await File.ReadAllBytesAsync(folder["out.json"], TestContext.Current.CancellationToken));
    }
}
