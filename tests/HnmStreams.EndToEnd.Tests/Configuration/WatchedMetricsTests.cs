namespace HnmStreams.EndToEnd.Tests.Configuration;

/// <summary>Whatever a panel or an alert looks at, the running service exports, and in the unit that the panel shows.</summary>
public sealed class WatchedMetricsTests(RunningService service) : IClassFixture<RunningService>
{
    [Fact(Timeout = 600_000)]
    public async Task Every_metric_that_a_panel_or_an_alert_names_is_exported_by_the_running_service()
    {
        var watched = WatchedSeries.OfDashboards().Concat(WatchedSeries.OfAlerts()).ToList();
        Assert.All(watched, series => Assert.NotEmpty(series.Names.Append(series.Expression.StartsWith("up{", StringComparison.Ordinal) ? "up" : null).OfType<string>()));
        var wanted = watched.SelectMany(series => series.Names).Distinct(StringComparer.Ordinal).Where(name => !RunningService.IsThereOnlyNowAndThen(name)).ToList();
        Assert.True(wanted.Count > 40, $"only {wanted.Count} names were found");

        // The first checkpoint and the first evaluation may still be on their way; a name that never comes ends by the timeout.
        var page = await MetricsPage.GetAsync(service.Http, TestContext.Current.CancellationToken);
        for (var missing = ""; !wanted.TrueForAll(page.Has);)
        {
            if (!string.Equals(missing, missing = string.Join(' ', wanted.Where(name => !page.Has(name))), StringComparison.Ordinal))
                TestContext.Current.TestOutputHelper?.WriteLine($"not yet: {missing}");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TestContext.Current.CancellationToken);
            page = await MetricsPage.GetAsync(service.Http, TestContext.Current.CancellationToken);
        }

        Assert.All(WatchedSeries.OfDashboards(), series => Assert.All(
            series.Names.Where(page.Has), name => Assert.Contains(series.Unit, Fitting(page.UnitOf(name), series.Expression), StringComparer.Ordinal)));
    }

    /// <summary>Metrics that are not always there must at least be ones that are made, under the name that Prometheus gives them.</summary>
    [Fact]
    public void What_is_there_only_now_and_then_is_an_instrument_all_the_same()
    {
        var instruments = Instruments.All().Select(i => i.PrometheusName).ToHashSet(StringComparer.Ordinal);
        var watched = WatchedSeries.OfDashboards().Concat(WatchedSeries.OfAlerts()).SelectMany(s => s.Names).Where(RunningService.IsThereOnlyNowAndThen).Distinct(StringComparer.Ordinal).ToList();
        Assert.NotEmpty(watched);
        Assert.All(watched, name => Assert.Contains(name, instruments));
    }

    /// <summary>Grafana's units for a metric of this unit; seconds and bytes of a counter become a share of time and a rate.</summary>
    private static string[] Fitting(string? unit, string expression)
    {
        var isRate = expression.Contains("rate(", StringComparison.Ordinal) && !expression.Contains('/', StringComparison.Ordinal) && !expression.StartsWith("histogram_quantile", StringComparison.Ordinal);
        return (unit, isRate) switch
        {
            ("seconds", false) when expression.Contains("_count", StringComparison.Ordinal) && !expression.Contains("_sum", StringComparison.Ordinal) => ["short"],
            ("seconds", true) when expression.Contains("_count", StringComparison.Ordinal) => ["short"],
            ("seconds", false) => ["s"],
            ("seconds", true) => ["percentunit", "short"],
            ("bytes", false) => ["bytes"],
            ("bytes", true) => ["Bps"],
            _ => ["short", "none", "percentunit"],
        };
    }
}
