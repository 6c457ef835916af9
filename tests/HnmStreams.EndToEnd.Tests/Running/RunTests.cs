using System.Text.Json;
using HnmStreams.EndToEnd.Tests.Processes;
using HnmStreams.Testing;

namespace HnmStreams.EndToEnd.Tests.Running;

/// <summary>Tests of <c>hnm run</c> with the embedded cluster.</summary>
public sealed class RunTests
{
    [Fact(Timeout = 600_000)]
    public async Task Learns_the_synthetic_stream()
    {
        using var folder = new TemporaryFolder();
        var summaryPath = folder["summary.json"];
        var (exitCode, output) = await HnmProcess.RunAsync(
            "run", "--limit", "40000", "--seed", "7", "--summary", summaryPath, "--report", folder["report.html"],
            "--checkpoints", folder["state"], "--set", "http.urls=off", "--set", $"models.folder={folder.Path}");

        Assert.True(exitCode == 0, output);
        using var summary = JsonDocument.Parse(await File.ReadAllTextAsync(summaryPath, TestContext.Current.CancellationToken));
        var root = summary.RootElement;
        Assert.InRange(root.GetProperty("ranking").GetProperty("stream").GetProperty("consumed").GetInt64(), 40_000, 60_000);
        Assert.True(root.GetProperty("ranking").GetProperty("stream").GetProperty("scored").GetInt64() > 30_000, output);
        Assert.True(root.GetProperty("training").GetProperty("steps").GetInt64() > 30, output);
        Assert.True(root.GetProperty("training").GetProperty("trainedRows").GetInt64() > root.GetProperty("training").GetProperty("steps").GetInt64(), output);
        Assert.Equal(0, root.GetProperty("ranking").GetProperty("stream").GetProperty("deadLettered").GetInt64());
        Assert.True(root.GetProperty("ranking").GetProperty("pool").GetProperty("count").GetInt64() > 0);
        // Chance is 0.5. Seventy steps give 0.8 to 0.95 depending on the seed. Average precision still varies too much then.
        Assert.True(root.GetProperty("evaluation").GetProperty("heldOut").GetProperty("rocAuc").GetDouble() > 0.65, output);
        Assert.True(root.GetProperty("evaluation").GetProperty("prequential").GetProperty("rocAuc").GetDouble() > 0.6, output);
        var positions = root.GetProperty("ranking").GetProperty("positions").EnumerateArray().Sum(p => p.GetProperty("nextOffset").GetInt64());
        Assert.Equal(root.GetProperty("ranking").GetProperty("stream").GetProperty("consumed").GetInt64(), positions);
        Assert.NotEmpty(Directory.GetFiles(folder.Path, "model.safetensors", SearchOption.AllDirectories));
        var report = await File.ReadAllTextAsync(folder["report.html"], TestContext.Current.CancellationToken);
        Assert.Contains(root.GetProperty("verdict").GetProperty("sentence").GetString()!, System.Net.WebUtility.HtmlDecode(report), StringComparison.Ordinal);
        Assert.Contains("data:image/png;base64,", report, StringComparison.Ordinal);
        AssertIsPrivate(folder.Path);
    }

    // Checkpoints, models and summaries hold the producers' data. Directory.EnumerateFileSystemEntries includes folders.
    private static void AssertIsPrivate(string folder)
    {
        if (OperatingSystem.IsWindows())
            return;
        const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
            | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
        var entries = Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories).ToArray();
        Assert.Contains(entries, e => Path.GetFileName(e) == "manifest.json");
        foreach (var entry in entries)
            Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(entry) & Others);
    }

    [Fact(Timeout = 600_000)]
    public async Task Rejects_an_invalid_value_by_name()
    {
        var (exitCode, output) = await HnmProcess.RunAsync("run", "--set", "pipeline.batching.size=0");
        Assert.Equal(2, exitCode);
        Assert.Contains("pipeline.batching.size", output, StringComparison.Ordinal);
    }

    [Fact(Timeout = 600_000)]
    public async Task Rejects_an_unknown_key_by_name()
    {
        var (exitCode, output) = await HnmProcess.RunAsync("run", "--set", "pipeline.batching.sise=4");
        Assert.Equal(2, exitCode);
        Assert.Contains("pipeline.batching.sise", output, StringComparison.Ordinal);
    }
}
