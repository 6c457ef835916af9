namespace HnmStreams.EndToEnd.Tests.Configuration;

/// <summary>Tests that the running service exports every metric of the panels and alerts, in the unit that the panel shows.</summary>
public sealed class WatchedMetricsTests(RunningService service) : IClassFixture<RunningService>
{
    [Fact(Timeout = 600_000)]
    public async Task The_running_service_exports_every_metric_of_panels_and_alerts()
    {
        var watched = WatchedSeries.OfDashboards().Concat(WatchedSeries.OfAlerts()).ToList();
        Assert.All(watched, series => Assert.NotEmpty(series.Names.Append(series.Expression.StartsWith("up{", StringComparison.Ordinal) ? "up" : null).OfType<string>()));
        var expected = watched.SelectMany(series => series.Names).Distinct(StringComparer.Ordinal).Where(name => !RunningService.IsSporadic(name)).ToList();
        Assert.True(expected.Count > 40, $"only {expected.Count} names were found");

        // The first checkpoint and the first evaluation may not be finished. A missing metric ends in the timeout.
        var page = await MetricsPage.GetAsync(service.Http, TestContext.Current.CancellationToken);
        for (var missing = ""; !expected.TrueForAll(page.Has);)
        {
            if (!string.Equals(missing, missing = string.Join(' ', expected.Where(name => !page.Has(name))), StringComparison.Ordinal))
                TestContext.Current.TestOutputHelper?.WriteLine($"not exported yet: {missing}");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TestContext.Current.CancellationToken);
            page = await MetricsPage.GetAsync(service.Http, TestContext.Current.CancellationToken);
        }

        Assert.All(WatchedSeries.OfDashboards(), series => Assert.All(
            series.Names.Where(page.Has), name => Assert.Contains(series.Unit, FittingUnits(page.UnitOf(name), series.Expression), StringComparer.Ordinal)));
    }

    /// <summary>Sporadic metrics cannot be scraped reliably, so their names are compared with those of the instruments.</summary>
    [Fact]
    public void Every_sporadic_metric_has_an_instrument()
    {
        var instruments = Instruments.All().Select(i => i.PrometheusName).ToHashSet(StringComparer.Ordinal);
        var watched = WatchedSeries.OfDashboards().Concat(WatchedSeries.OfAlerts()).SelectMany(s => s.Names).Where(RunningService.IsSporadic).Distinct(StringComparer.Ordinal).ToList();
        Assert.NotEmpty(watched);
        Assert.All(watched, name => Assert.Contains(name.Replace("_bucket", "", StringComparison.Ordinal), instruments));
    }

    /// <summary>Returns the Grafana units that fit a metric of this unit. The rate of seconds is a share of time; the rate of bytes is in bytes per second.</summary>
    private static string[] FittingUnits(string? unit, string expression)
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
