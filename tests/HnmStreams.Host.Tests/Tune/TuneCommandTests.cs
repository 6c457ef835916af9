using System.Globalization;
using System.Text;
using System.Text.Json;
using HnmStreams.Host.Application;
using HnmStreams.Testing;

namespace HnmStreams.Host.Tests.Tune;

public sealed class TuneCommandTests : IDisposable
{
    private static readonly string[] Quick = ["--config", "few.json", "--output", "out.json", "--examples", "450", "--seeds", "3"];
    private static readonly string[] OneRound = [.. Quick, "--rounds", "1", "--budget", "2h"];

    private readonly TemporaryFolder _folder = new();

    public TuneCommandTests()
    {
        _folder.With("few.csv", Table(static (_, features) => features));
        _folder.With(
            "few.json",
            """
            {
              // The table of the test.
              "task": { "name": "tabular", "tabular": { "features": 3, "positive": "1" } },
              "data": { "path": "few.csv", "columns": { "id": "id", "label": "label" }, "split": { "by": "id", "share": 0.3 } },
              "pipeline": {
                "batching": { "size": 30 },
                "training": { "learningRate": 0.0005 },
                "mix": { "batchSize": 16 },
                "limiter": { "examplesPerStep": 16, "minExamples": 60 },
                "evaluation": { "heldOutShare": 0.1 }
              }
            }
            """);
    }

    public void Dispose() => _folder.Dispose();

    [Fact(Timeout = 600_000)]
    public async Task Finds_a_better_learning_rate_and_writes_it_with_its_evidence()
    {
        // Almost nothing is learned at this rate in so few steps, so that a larger one must win.
        string[] longer = [.. Quick.Select(static arg => arg == "450" ? "900" : arg)];
        var (code, output) = await TuneAsync([.. longer, "--rounds", "2", "--budget", "2h", .. Fixed("pipeline.pool.distinctShare=0", "pipeline.sampling.proportional.alpha=0.6", "pipeline.mix.hardShare=0.5", "pipeline.mix.positiveShare=0.25", "pipeline.limiter.examplesPerStep=16", "pipeline.pool.count=100", "pipeline.pool.halfLife=0")]);
        Assert.True(code == 0, output);
        Assert.True(output.Contains("significantly better and written to", StringComparison.Ordinal), output);
        var text = await File.ReadAllTextAsync(At("out.json"), TestContext.Current.CancellationToken);
        Assert.Contains("// The table of the test.", text, StringComparison.Ordinal);
        Assert.Contains("// hnm tune: averagePrecision on a fifth of the training part", text, StringComparison.Ordinal);
        Assert.Contains("over 3 seeds (95 % interval), against 0.0005", text, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Ok, await new TestContexts(_folder.Path).InvokeAsync("config", "--config", "out.json"));
        using var document = JsonDocument.Parse(text, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip });
        Assert.True(document.RootElement.GetProperty("pipeline").GetProperty("training").GetProperty("learningRate").GetDouble() > 0.0005);
    }

    [Fact(Timeout = 600_000)]
    public async Task Leaves_the_file_unchanged_if_nothing_is_better_and_does_not_repeat_finished_runs()
    {
        // Nothing is trained, so that all settings are equal.
        string[] idle = [.. OneRound, .. Fixed("pipeline.limiter.minExamples=1000000")];
        var (code, output) = await TuneAsync(idle);
        Assert.True(code == 0, output);
        Assert.Contains("no setting was significantly better", output, StringComparison.Ordinal);
        Assert.Equal(await File.ReadAllTextAsync(At("few.json"), TestContext.Current.CancellationToken), await File.ReadAllTextAsync(At("out.json"), TestContext.Current.CancellationToken));

        var runs = Runs();
        var (again, repeated) = await TuneAsync(idle);
        Assert.True(again == 0, repeated);
        Assert.Equal(runs, Runs());
        Assert.Contains("continues with", repeated, StringComparison.Ordinal);
        Assert.Equal(output[output.IndexOf("- no setting", StringComparison.Ordinal)..], repeated[repeated.IndexOf("- no setting", StringComparison.Ordinal)..]);

        var (other, error) = await TuneAsync([.. idle, "--set", "pipeline.pool.count=77"]);
        Assert.Equal(ExitCodes.Usage, other);
        Assert.Contains("--fresh", error, StringComparison.Ordinal);
    }

    [Fact(Timeout = 600_000)]
    public async Task The_test_part_does_not_influence_the_result()
    {
        string[] args = [.. OneRound, .. Fixed("pipeline.mix.hardShare=0.5", "pipeline.mix.positiveShare=0.25", "pipeline.pool.count=100", "pipeline.pool.halfLife=0")];
        Assert.Equal(0, (await TuneAsync(args)).Code);
        var expected = Metrics();
        var test = TestIds();
        Assert.InRange(test.Count, 100, 300);
        // Other inputs in all test rows: training and validation rows are the same.
        _folder.With("few.csv", Table((id, features) => test.Contains(id) ? [9, -9, 9] : features));
        Assert.Equal(0, (await TuneAsync([.. args, "--fresh"])).Code);
        Assert.Equal(expected, Metrics());
        // Ensures that the comparison can fail.
        _folder.With("few.csv", Table((id, features) => test.Contains(id) ? features : [features[1], features[0], features[2]]));
        Assert.Equal(0, (await TuneAsync([.. args, "--fresh"])).Code);
        Assert.NotEqual(expected, Metrics());
    }

    [Fact(Timeout = 600_000)]
    public async Task A_separate_test_file_is_never_read()
    {
        _folder.With("damaged.csv", "id,label\n\0");
        string[] damaged = ["--set", "data.testPath=damaged.csv", "--set", "data.split.by=auto"];
        using (var comparison = new TestContexts(_folder.Path))
            Assert.Equal(ExitCodes.Usage, await comparison.InvokeAsync(["compare", "quality", "--task", "few.json", "--seeds", "1", "--budgets", "100", "--batches", "16", "--rate-factors", "1", .. damaged]));
        var (code, output) = await TuneAsync([.. OneRound, .. damaged, "--set", "pipeline.limiter.minExamples=1000000"]);
        Assert.True(code == 0, output);
    }

    [Fact(Timeout = 600_000)]
    public async Task An_interrupted_search_continues_to_the_same_result()
    {
        string[] args = [.. OneRound, .. Fixed("pipeline.mix.hardShare=0.5", "pipeline.mix.positiveShare=0.25", "pipeline.pool.count=100", "pipeline.pool.halfLife=0")];
        Assert.Equal(0, (await TuneAsync(args)).Code);
        var (expected, all) = (await File.ReadAllTextAsync(At("out.json"), TestContext.Current.CancellationToken), Metrics());
        using (var test = new TestContexts(_folder.Path))
        {
            var searching = test.InvokeAsync(["tune", .. args, "--fresh"]);
            // The state is replaced after the first run of the new search.
            while (!searching.IsCompleted && Runs() >= all.Count)
                await Task.Delay(5, TestContext.Current.CancellationToken);
            test.Signals.Raise();
            Assert.Equal(ExitCodes.Interrupted, await searching);
            Assert.Contains("the same command continues", test.Error.ToString(), StringComparison.Ordinal);
        }

        Assert.InRange(Runs(), 1, all.Count - 1);
        Assert.Equal(0, (await TuneAsync(args)).Code);
        Assert.Equal(all, Metrics());
        Assert.Equal(expected, await File.ReadAllTextAsync(At("out.json"), TestContext.Current.CancellationToken));
    }

    [Fact(Timeout = 600_000)]
    public async Task A_budget_that_ends_early_decides_nothing_and_can_be_extended()
    {
        string[] args = [.. Quick, "--rounds", "1", .. Fixed("pipeline.limiter.minExamples=1000000")];
        var (code, output) = await TuneAsync([.. args, "--budget", "1ms"]);
        Assert.True(code == 0, output);
        Assert.Contains("the budget ended before the search", output, StringComparison.Ordinal);
        var runs = Runs();
        Assert.Equal(2, runs);
        Assert.Equal(0, (await TuneAsync([.. args, "--budget", "2h"])).Code);
        Assert.True(Runs() > runs);
    }

    [Theory]
    [InlineData("--config", "missing.json")]
    [InlineData("--config", "few.json", "--budget", "5")]
    [InlineData("--config", "few.json", "--budget", "0s")]
    [InlineData("--config", "few.json", "--seeds", "2")]
    [InlineData("--config", "few.json", "--set", "data.path=synthetic")]
    [InlineData("--budget", "1m")]
    public async Task An_invalid_command_line_exits_with_2(params string[] args) => Assert.Equal(ExitCodes.Usage, (await TuneAsync(args)).Code);

    private static string[] Fixed(params string[] settings) => [.. settings.SelectMany(s => (string[])["--set", s])];

    // 900 rows of which one in six is positive. The first number tells them apart, apart from noise.
    private static string Table(Func<int, double[], double[]> change)
    {
        var lines = new StringBuilder("id,label,a,b,c\n");
        for (var i = 0; i < 900; i++)
        {
            var positive = i % 6 == 0;
            var features = change(i, [(positive ? 1 : 0) + Math.Sin(i * 1.7), Math.Cos(i * 2.9), Math.Sin(i * 0.3)]);
            lines.Append(CultureInfo.InvariantCulture, $"e{i},{(positive ? 1 : 0)},{features[0]:0.000},{features[1]:0.000},{features[2]:0.000}\n");
        }

        return lines.ToString();
    }

    private HashSet<int> TestIds()
    {
        using var test = new TestContexts(_folder.Path);
        var options = test.Context.Settings.Load(new HnmStreams.Configuration.SettingsRequest("few.json")).Options;
        return [.. test.Context.DataFolders.Open(options.Data, options.Task).Load(HnmStreams.Data.Options.SetPart.Test).Select(e => int.Parse(e.Id[1..], CultureInfo.InvariantCulture))];
    }

    private int Runs() => Metrics().Count;

    private List<string> Metrics()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(At("out.json.state.json")));
        return [.. document.RootElement.GetProperty("runs").EnumerateArray().Select(r => $"{r.GetProperty("settings")} {r.GetProperty("seed")} {r.GetProperty("examples")} {r.GetProperty("metric")}")];
    }

    private async Task<(int Code, string Output)> TuneAsync(params string[] args)
    {
        using var test = new TestContexts(_folder.Path);
        var code = await test.InvokeAsync(["tune", .. args]);
        return (code, test.Out.ToString() + test.Error);
    }

    private string At(string name) => Path.Combine(_folder.Path, name);
}
