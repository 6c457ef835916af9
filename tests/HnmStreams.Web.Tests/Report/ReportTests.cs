using System.Text.RegularExpressions;
using HnmStreams.Evaluation.Comparing;
using HnmStreams.Testing.Learner;
using HnmStreams.Web.Api.Responses;
using HnmStreams.Web.Monitoring;
using HnmStreams.Web.Recovery;
using HnmStreams.Web.Report;

namespace HnmStreams.Web.Tests.Report;

public sealed partial class ReportTests
{
    [Fact]
    public async Task The_report_has_the_verdict_the_examples_and_the_changed_settings()
    {
        var html = await DownloadAsync();
        Assert.StartsWith("<!doctype html>", html, StringComparison.Ordinal);
        Assert.Contains("The model is learning: AP is 0.75 after 2 steps.", html, StringComparison.Ordinal);
        Assert.Contains("id-0", html, StringComparison.Ordinal);
        Assert.Contains("8 visits", html, StringComparison.Ordinal);
        Assert.Contains("telemetry.logLevel", html, StringComparison.Ordinal);
        Assert.Contains("0.750", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_text_is_escaped_and_nothing_is_loaded_from_elsewhere()
    {
        var html = await DownloadAsync();
        Assert.Contains("&lt;b&gt;", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotMatch(References(), html);
    }

    [Fact]
    public async Task Secrets_are_hidden()
    {
        var html = await DownloadAsync(token: "0123456789abcdef");
        Assert.Contains("http.token", html, StringComparison.Ordinal);
        Assert.DoesNotContain("0123456789abcdef", html, StringComparison.Ordinal);
    }

    [Fact]
    public void The_charts_contain_a_curve_per_learner_and_a_mark_per_change()
    {
        var learner = new LearnerRecovery(0.5, true, 3, 30);
        var recoveries = new RecoveriesResponse("averagePrecision", true, null, [new ChangeRecovery(1, 1_000, 12, 0.9, 1, 5, false, learner, learner, learner)]);
        var charts = ReportCharts.Draw(new HistoryResponse("averagePrecision", [.. Enumerable.Range(1, 20).Select(Point)]), recoveries);
        Assert.Equal(3, charts.Count);
        Assert.All(["mined", "random, equal steps", "random, equal compute", "prequential", "seconds"], text => Assert.Contains($">{text}<", charts[0], StringComparison.Ordinal));
        Assert.Contains("stroke-dasharray", charts[0], StringComparison.Ordinal);
    }

    [Fact]
    public void There_are_no_charts_before_the_second_point()
    {
        Assert.Empty(ReportCharts.Draw(new HistoryResponse("averagePrecision", [Point(1)]), new RecoveriesResponse(null, false, null, [])));
        Assert.Empty(ReportCharts.Draw(new HistoryResponse(null, []), new RecoveriesResponse(null, false, null, [])));
    }

    private static async Task<string> DownloadAsync(string? token = null)
    {
        await using var pages = await RunningWebsite.StartAsync(RunStates.View(TimeProvider.System), token);
        using var answer = await pages.Client.GetAsync("/api/report", TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();
        Assert.Equal("text/html", answer.Content.Headers.ContentType?.MediaType);
        Assert.StartsWith("hnm-report-", answer.Content.Headers.ContentDisposition?.FileName, StringComparison.Ordinal);
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    private static RunPoint Point(int second) =>
        new(second, 1_000, 0, 0.5, 0.5 + (second / 100.0), 0.4, second * 10, second, 1, 1, 0.4, 0.45, new Uplift(0.1, 0.05, 0.15), second, second * 10);

    // A reference to anything but data that the document contains.
    [GeneratedRegex("""(src|href|url)\s*[=(]\s*["']?(?!data:)[a-z/.]""", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex References();
}
