using HnmStreams.EndToEnd.Tests.Processes;
using HnmStreams.Testing;

namespace HnmStreams.EndToEnd.Tests.Configuration;

/// <summary>Tests of the alert rules in <c>config/alerts.yml</c> with Prometheus' own promtool.</summary>
public sealed class AlertRulesTests
{
    [Theory(Timeout = 600_000)]
    [InlineData("rules", "config/alerts.yml")]
    [InlineData("config", "config/prometheus.yml")]
    public async Task Promtool_accepts_the_file(string kind, string file)
    {
        var promtool = DebianTool.OrSkip("promtool", "prometheus");
        var (code, output) = await DebianTool.RunAsync(promtool, "check", kind, Repository.File(file.Split('/')));
        Assert.True(code == 0, output);
        Assert.Contains("SUCCESS", output, StringComparison.Ordinal);
    }

    [Fact(Timeout = 600_000)]
    public async Task Alerts_fire_on_the_first_event_and_stay_silent_on_a_healthy_service()
    {
        var promtool = DebianTool.OrSkip("promtool", "prometheus");
        using var folder = new TemporaryFolder();
        var cases = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Configuration", "alert-cases.yml"), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder["cases.yml"], cases.Replace("RULES", Repository.File("config", "alerts.yml"), StringComparison.Ordinal), TestContext.Current.CancellationToken);
        var (code, output) = await DebianTool.RunAsync(promtool, "test", "rules", folder["cases.yml"]);
        Assert.True(code == 0, output);
    }

    [Fact]
    public void Each_alert_has_a_remedy()
    {
        var lines = File.ReadAllLines(Repository.File("config", "alerts.yml"));
        Assert.Equal(lines.Count(l => l.Contains("- alert:", StringComparison.Ordinal)), lines.Count(l => l.TrimStart().StartsWith("remedy:", StringComparison.Ordinal)));
    }
}
