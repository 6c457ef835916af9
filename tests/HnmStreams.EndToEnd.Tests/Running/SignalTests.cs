using System.Text.Json;
using HnmStreams.EndToEnd.Tests.Processes;
using HnmStreams.Testing;

namespace HnmStreams.EndToEnd.Tests.Running;

/// <summary>Tests of the signals that a service supervisor sends.</summary>
public sealed class SignalTests
{
    [Fact(Timeout = 600_000)]
    public async Task Sigterm_drains_and_saves_the_model()
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
        // After draining, the positions cover exactly the consumed records.
        Assert.Equal(
            summary.RootElement.GetProperty("ranking").GetProperty("stream").GetProperty("consumed").GetInt64(),
            summary.RootElement.GetProperty("ranking").GetProperty("positions").EnumerateArray().Sum(p => p.GetProperty("nextOffset").GetInt64()));
        var model = Assert.Single(Directory.GetFiles(folder.Path, "model.safetensors", SearchOption.AllDirectories));
        Assert.True(new FileInfo(model).Length > 400_000, "105,281 weights of four bytes");
    }
}
