using System.Text.Json;
using HnmStreams.EndToEnd.Tests.Processes;
using HnmStreams.Testing;

namespace HnmStreams.EndToEnd.Tests.Running;

/// <summary>What a service supervisor does to it, and what is there afterwards.</summary>
public sealed class SignalTests
{
    [Fact(Timeout = 600_000)]
    public async Task Sigterm_drains_saves_the_model_and_ends_well()
    {
        using var folder = new TemporaryFolder();
        var summaryPath = folder["summary.json"];
        await using var hnm = HnmProcess.Start(
            "run", "--seed", "7", "--summary", summaryPath, "--set", "http.urls=off", "--set", $"models.folder={folder.Path}", "--set", "run.reportEvery=1s");
        await hnm.LineAsync("steps 1");
        hnm.Terminate();
        var exitCode = await hnm.ExitAsync();

        Assert.True(exitCode == 0, $"exit code {exitCode}\n{hnm.Output}");
        using var summary = JsonDocument.Parse(await File.ReadAllTextAsync(summaryPath, TestContext.Current.CancellationToken));
        Assert.Equal("stopped", summary.RootElement.GetProperty("outcome").GetString());
        // Drained: what was consumed is what the positions cover, to the record.
        Assert.Equal(
            summary.RootElement.GetProperty("ranking").GetProperty("stream").GetProperty("consumed").GetInt64(),
            summary.RootElement.GetProperty("ranking").GetProperty("positions").EnumerateArray().Sum(w => w.GetProperty("nextOffset").GetInt64()));
        var model = Assert.Single(Directory.GetFiles(folder.Path, "model.safetensors", SearchOption.AllDirectories));
        Assert.True(new FileInfo(model).Length > 400_000, "105,281 weights of four bytes");
    }
}
