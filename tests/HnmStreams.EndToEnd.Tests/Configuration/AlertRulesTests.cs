using HnmStreams.EndToEnd.Tests.Processes;
using HnmStreams.Testing;

namespace HnmStreams.EndToEnd.Tests.Configuration;

/// <summary>The rules for alerts are rules to Prometheus, and tell when they should.</summary>
public sealed class AlertRulesTests
{
    [Theory(Timeout = 600_000)]
    [InlineData("rules", "config/alerts.yml")]
    [InlineData("config", "config/prometheus.yml")]
    public async Task Promtool_takes_them(string kind, string file)
    {
        var promtool = DebianTool.OrSkip("promtool", "prometheus");
        var (code, said) = await DebianTool.RunAsync(promtool, "check", kind, Repository.File(file.Split('/')));
        Assert.True(code == 0, said);
        Assert.Contains("SUCCESS", said, StringComparison.Ordinal);
    }

    [Fact(Timeout = 600_000)]
    public async Task They_fire_on_the_first_event_and_are_silent_where_all_is_well()
    {
        var promtool = DebianTool.OrSkip("promtool", "prometheus");
        using var folder = new TemporaryFolder();
        var cases = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Configuration", "alert-cases.yml"), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder["cases.yml"], cases.Replace("RULES", Repository.File("config", "alerts.yml"), StringComparison.Ordinal), TestContext.Current.CancellationToken);
        var (code, said) = await DebianTool.RunAsync(promtool, "test", "rules", folder["cases.yml"]);
        Assert.True(code == 0, said);
    }

    [Fact]
    public void Each_says_what_to_do()
    {
        var lines = File.ReadAllLines(Repository.File("config", "alerts.yml"));
        Assert.Equal(lines.Count(l => l.Contains("- alert:", StringComparison.Ordinal)), lines.Count(l => l.TrimStart().StartsWith("remedy:", StringComparison.Ordinal)));
    }
}
