using System.Net.Http.Json;
using System.Text.Json;
using HnmStreams.EndToEnd.Tests.Processes;
using HnmStreams.Testing;

namespace HnmStreams.EndToEnd.Tests.Running;

/// <summary>Tests that events, history and promoted versions of a run are preserved across a restart.</summary>
public sealed class JournalTests
{
    [Fact(Timeout = 600_000)]
    public async Task Events_history_and_versions_continue_after_a_restart()
    {
        using var folder = new TemporaryFolder();
        string[] settings =
        [
            "run", "--checkpoints", folder["state"], "--set", "models.folder=null", "--set", "http.urls=http://127.0.0.1:0", "--set", "run.display=plain",
            "--set", "pipeline.evaluation.interval=1s", "--set", "pipeline.device=cpu",
        ];
        var (code, output) = await HnmProcess.RunAsync([.. settings, "--limit", "60000"]);
        Assert.True(code == 0, output);

        await using var second = HnmProcess.Start([.. settings, "--set", "pipeline.evaluation.interval=2s"]);
        using var http = await second.HttpAsync();
        await second.LineAsync("Resuming from the checkpoint");
        List<JsonElement> points;
        do
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, TestContext.Current.CancellationToken);
            points = [.. (await GetAsync(http, "/api/history")).GetProperty("points").EnumerateArray()];
        }
        while (!ClockBeganAgain(points) || points[^1].GetProperty("seconds").GetDouble() < 2);

        // The clock of the learner begins again, the wall clock does not.
        Assert.All(points.Zip(points.Skip(1)), pair => Assert.True(pair.Second.GetProperty("at").GetDateTimeOffset() > pair.First.GetProperty("at").GetDateTimeOffset()));

        var events = (await GetAsync(http, "/api/events")).GetProperty("items").EnumerateArray().Reverse().ToList();
        var kinds = events.ConvertAll(e => e.GetProperty("kind").GetString());
        Assert.Equal("started", kinds[0]);
        Assert.True(kinds.IndexOf("stopped") is > 0 and var stopped && kinds.IndexOf("continued") > stopped, string.Join(' ', kinds));
        Assert.Contains(events, e => e.TryGetProperty("subject", out var subject) && subject.GetString() == "pipeline.evaluation.interval");
        Assert.Contains("promotion", kinds);

        var kept = (await GetAsync(http, "/api/models")).GetProperty("kept").EnumerateArray().ToList();
        Assert.NotEmpty(kept);
        var weights = await http.GetByteArrayAsync($"/api/models/{kept[0].GetProperty("version").GetInt64()}", TestContext.Current.CancellationToken);
        Assert.InRange(weights.Length, 1_000, int.MaxValue);
    }

    private static bool ClockBeganAgain(List<JsonElement> points) =>
        points.Zip(points.Skip(1)).Any(pair => pair.Second.GetProperty("seconds").GetDouble() < pair.First.GetProperty("seconds").GetDouble());

    private static Task<JsonElement> GetAsync(HttpClient http, string address) => http.GetFromJsonAsync<JsonElement>(address, TestContext.Current.CancellationToken);
}
