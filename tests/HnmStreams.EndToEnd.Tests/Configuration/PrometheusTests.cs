using System.Text.Json;
using HnmStreams.EndToEnd.Tests.Processes;

namespace HnmStreams.EndToEnd.Tests.Configuration;

/// <summary>Tests that Debian's Prometheus scrapes the real service and evaluates the expressions of all panels and rules.</summary>
public sealed class PrometheusTests
{
    [Fact(Timeout = 600_000)]
    public async Task Expressions_of_panels_and_rules_evaluate_on_scraped_metrics()
    {
        var program = DebianTool.OrSkip("prometheus", "prometheus");
        await using var service = new RunningService();
        await service.InitializeAsync();
        await using var prometheus = await PrometheusServer.StartAsync(program, service.Http.BaseAddress!);

        // A rate needs two scrapes, and the first checkpoint takes time. Each panel has data in the end.
        foreach (var panel in WatchedSeries.OfDashboards().Where(panel => !panel.Names.Any(RunningService.IsSporadic)))
        {
            TestContext.Current.TestOutputHelper?.WriteLine(panel.ToString());
            await prometheus.UntilAsync(async () => (await prometheus.ValuesAsync(panel.Expression)).Count > 0);
        }

        foreach (var other in WatchedSeries.OfDashboards().Concat(WatchedSeries.OfAlerts()))
            await prometheus.ValuesAsync(other.Expression);
        await prometheus.UntilAsync(async () => (await prometheus.RulesAsync()).All(rule => rule.Health == "ok"));
        Assert.Equal(WatchedSeries.OfAlerts().Count, (await prometheus.RulesAsync()).Count);

        Assert.Equal(("counter", ""), await prometheus.MetadataAsync("hnm_examples_consumed"));
        Assert.Equal(("gauge", "bytes"), await prometheus.MetadataAsync("hnm_pool_size_bytes"));
        Assert.Equal(("histogram", "seconds"), await prometheus.MetadataAsync("hnm_train_duration_seconds"));

        var scraped = (await prometheus.ValuesAsync("sum(hnm_examples_consumed_total)"))[0];
        using var status = JsonDocument.Parse(await service.Http.GetStringAsync(new Uri("/api/status", UriKind.Relative), TestContext.Current.CancellationToken));
        Assert.InRange(scraped, 1, status.RootElement.GetProperty("learner").GetProperty("ranking").GetProperty("stream").GetProperty("consumed").GetInt64());

        service.Process.Kill();
        await prometheus.UntilAsync(async () => (await prometheus.RulesAsync()).Any(rule => rule is { Name: "HnmDown", State: "pending" or "firing" }));
    }
}
