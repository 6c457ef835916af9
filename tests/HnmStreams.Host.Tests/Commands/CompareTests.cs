using System.Globalization;
using System.Text.Json;
using HnmStreams.Host.Application;
using HnmStreams.Testing;

namespace HnmStreams.Host.Tests.Commands;

public sealed class CompareTests
{
    [Fact(Timeout = 600_000)]
    public async Task Recovery_compares_learners_before_and_after_a_class_appears()
    {
        using var folder = Folder();
        using var test = new TestContexts(folder.Path, programFolder: AppContext.BaseDirectory);
        var code = await test.InvokeAsync(
            "compare", "recovery", "--task", "points.json", "--set", "data.drift.appears.late=2048", "--set", "pipeline.batching.size=128", "--set", "pipeline.limiter.minExamples=64",
            "--seeds", "2", "--every", "256", "--until", "1024", "--processor-time", "--summary", "out.json");
        Assert.True(code == ExitCodes.Ok, test.Error.ToString());
        Assert.Contains("averagePrecision on 200 test examples, 300 after the change at 2,048; 2 seeds", test.Out.ToString(), StringComparison.Ordinal);

        using var summary = JsonDocument.Parse(await File.ReadAllBytesAsync(folder["out.json"], TestContext.Current.CancellationToken));
        var runs = summary.RootElement.GetProperty("runs").EnumerateArray().ToList();
        Assert.Equal(2, runs.Count);
        Assert.All(runs, static run =>
        {
            // Only what the level needs is measured before the change, and everything until the end of the observation after it.
            Assert.Equal([1_024, 1_280, 1_536, 1_792, 2_048, 2_304, 2_560, 2_816, 3_072], run.GetProperty("points").EnumerateArray().Select(static p => p.GetProperty("consumed").GetInt64()));
            var last = run.GetProperty("points").EnumerateArray().Last();
            Assert.InRange(last.GetProperty("mined").GetProperty("metric").GetDouble(), 0.1, 1);
            Assert.Equal(last.GetProperty("mined").GetProperty("steps").GetInt64(), last.GetProperty("random").GetProperty("steps").GetInt64());
            Assert.InRange(last.GetProperty("randomEqualCompute").GetProperty("steps").GetInt64(), last.GetProperty("random").GetProperty("steps").GetInt64(), long.MaxValue);
            Assert.InRange(run.GetProperty("result").GetProperty("level").GetDouble(), 0.01, 0.95);
        });
    }

    [Fact(Timeout = 600_000)]
    public async Task Recovery_needs_a_change_of_the_stream()
    {
        using var folder = Folder();
        using var test = new TestContexts(folder.Path, programFolder: AppContext.BaseDirectory);
        Assert.Equal(ExitCodes.Usage, await test.InvokeAsync("compare", "recovery", "--task", "points.json"));
        Assert.Contains("'data.drift' must have one change after the first example but has none", test.Error.ToString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 600_000)]
    public async Task Quality_counts_processor_time_and_reports_further_metrics()
    {
        using var folder = Folder();
        using var test = new TestContexts(folder.Path, programFolder: AppContext.BaseDirectory);
        var code = await test.InvokeAsync("compare", "quality", "--task", "points.json", "--methods", "mined", "--seeds", "1", "--budgets", "2000", "--batches", "16", "--rate-factors", "1", "--processor-time", "--metric", "rocAuc", "--summary", "out.json");
        Assert.True(code == ExitCodes.Ok, test.Error.ToString());
        using var summary = JsonDocument.Parse(await File.ReadAllBytesAsync(folder["out.json"], TestContext.Current.CancellationToken));
        var point = summary.RootElement.GetProperty("methods").GetProperty("mined").GetProperty("points")[0];
        Assert.InRange(point.GetProperty("seconds").GetDouble(), 0.0001, Environment.CpuUsage.TotalTime.TotalSeconds);
        Assert.InRange(point.GetProperty("others").GetProperty("rocAuc")[0].GetDouble(), 0.5, 1);
        Assert.Contains(", rocAuc ", test.Out.ToString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 600_000)]
    public async Task Quality_refuses_an_unknown_metric_before_it_chooses_a_batch()
    {
        using var folder = Folder();
        using var test = new TestContexts(folder.Path, programFolder: AppContext.BaseDirectory);
        Assert.Equal(ExitCodes.Usage, await test.InvokeAsync("compare", "quality", "--task", "points.json", "--methods", "mined", "--seeds", "1", "--budgets", "2000", "--metric", "auc"));
        Assert.Contains("'--metric' must be one of averagePrecision, ", test.Error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("batch", test.Out.ToString(), StringComparison.Ordinal);
    }

    // Three classes on a line; the positive one is in the middle.
    private static TemporaryFolder Folder() => new TemporaryFolder()
        .With("train.csv", Table(600))
        .With("test.csv", Table(300))
        .With("points.json", """
            {
              "task": { "name": "tabular", "tabular": { "features": 1, "positive": "middle" } },
              "data": { "path": "train.csv", "testPath": "test.csv", "columns": { "label": "kind" } }
            }
            """);

    private static string Table(int rows) => "x,kind\n" + string.Concat(Enumerable.Range(0, rows).Select(static i =>
        string.Create(CultureInfo.InvariantCulture, $"{(i % 3) + (i % 7 / 10.0)},{(i % 3) switch { 0 => "early", 1 => "middle", _ => "late" }}\n")));
}
