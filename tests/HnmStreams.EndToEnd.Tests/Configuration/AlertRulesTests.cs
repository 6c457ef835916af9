using System.Diagnostics;
using System.Text.RegularExpressions;
using HnmStreams.EndToEnd.Tests.Processes;

namespace HnmStreams.EndToEnd.Tests.Configuration;

/// <summary>The rules for alerts are rules to Prometheus, and every series in them is one that the service has.</summary>
public sealed partial class AlertRulesTests
{
    private static readonly string Rules = Path.Combine(Root(), "config", "alerts.yml");

    [Fact]
    public async Task Promtool_takes_them()
    {
        var promtool = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, "promtool")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(promtool is null, "Needs promtool in PATH (Debian's package prometheus)");
        using var process = Process.Start(new ProcessStartInfo(promtool!, ["check", "rules", Rules]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var said = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var complained = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, await said + complained);
        Assert.Contains("SUCCESS", await said, StringComparison.Ordinal);
    }

    /// <summary>What counts rare events is named by its instrument, since a counter that never counted is not on the page.</summary>
    [Fact(Timeout = 120_000)]
    public async Task Every_series_in_them_is_on_the_metrics_page_or_counts_something_that_has_not_happened()
    {
        string[] rare = ["hnm_records_repeated_total", "hnm_examples_dead_lettered_total"];
        var wanted = Series().Matches(await File.ReadAllTextAsync(Rules, TestContext.Current.CancellationToken)).Select(m => m.Value).Distinct(StringComparer.Ordinal).ToArray();
        Assert.NotEmpty(wanted);
        using var folder = new TemporaryFolder();
        await using var hnm = HnmProcess.Start(
            "run", "--set", "http.urls=http://127.0.0.1:0", "--set", "models.folder=null", "--set", "run.reportEvery=200ms", "--set", "pipeline.checkpointing.every=200ms", "--checkpoints", folder.File("state"));
        await hnm.LineAsync("steps 1");
        using var http = await hnm.HttpAsync();
        string[] missing;
        do
        {
            var page = await http.GetStringAsync(new Uri("/metrics", UriKind.Relative), TestContext.Current.CancellationToken);
            var names = page.Split('\n').Where(line => line.StartsWith("hnm_", StringComparison.Ordinal)).Select(line => line.Split('{', ' ')[0]).ToHashSet(StringComparer.Ordinal);
            missing = [.. wanted.Except(names, StringComparer.Ordinal).Except(rare, StringComparer.Ordinal)];
            // The first checkpoint may still be on its way; a name that never comes ends by the runner's patience, named here.
            TestContext.Current.TestOutputHelper?.WriteLine(string.Join(' ', missing));
        }
        while (missing.Length > 0 && !TestContext.Current.CancellationToken.IsCancellationRequested);

        Assert.Empty(missing);
    }

    [GeneratedRegex(@"\bhnm_[a-z_]+", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Series();

    private static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "HnmStreams.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException("These tests run below the repository.");
    }
}
