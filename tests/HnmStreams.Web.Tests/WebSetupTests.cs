using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using HnmStreams.Testing.Learner;
using HnmStreams.Web.Api;
using HnmStreams.Web.Monitoring;

namespace HnmStreams.Web.Tests;

public sealed partial class WebSetupTests
{
    [Fact]
    public async Task The_page_links_only_to_this_server_and_every_link_works()
    {
        await using var pages = await RunningWebsite.StartAsync(RunStates.View(TimeProvider.System));
        using var page = await pages.Client.GetAsync("/", TestContext.Current.CancellationToken);
        Assert.Contains("default-src 'self'", page.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        var html = await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var links = Links().Matches(html).Select(m => m.Groups["address"].Value).Where(a => a is not "/" && !a.StartsWith('#') && !a.StartsWith("data:", StringComparison.Ordinal)).Distinct(StringComparer.Ordinal).ToList();
        Assert.True(links.Count > 8, string.Join(' ', links));
        foreach (var link in links)
        {
            Assert.False(Uri.TryCreate(link, UriKind.Absolute, out var absolute) && absolute.Scheme.StartsWith("http", StringComparison.Ordinal), link);
            using var answer = await pages.Client.GetAsync(link, TestContext.Current.CancellationToken);
            Assert.True(answer.IsSuccessStatusCode, $"{link} answers {answer.StatusCode}");
        }
    }

    [Fact]
    public async Task The_page_is_rendered_before_there_is_a_learner()
    {
        await using var pages = await RunningWebsite.StartAsync(new LearnerView(TimeProvider.System));
        var html = await pages.Client.GetStringAsync("/", TestContext.Current.CancellationToken);
        Assert.Contains("starting", html, StringComparison.Ordinal);
        Assert.Contains("The pool is empty", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_status_describes_stream_and_learner_with_null_for_undefined_numbers()
    {
        await using var pages = await RunningWebsite.StartAsync(RunStates.View(TimeProvider.System));
        var status = await pages.Client.GetFromJsonAsync<JsonElement>("/api/status", TestContext.Current.CancellationToken);
        Assert.Equal("learning", status.GetProperty("phase").GetString());
        Assert.Equal(10, status.GetProperty("stream").GetProperty("lag").GetInt64());
        var learner = status.GetProperty("learner");
        Assert.Equal(1_000, learner.GetProperty("ranking").GetProperty("stream").GetProperty("consumed").GetInt64());
        Assert.Equal(JsonValueKind.Null, learner.GetProperty("training").GetProperty("loss").ValueKind);
        Assert.Equal(JsonValueKind.Null, learner.GetProperty("ranking").GetProperty("pool").GetProperty("threshold").ValueKind);
        Assert.Equal(0.75, learner.GetProperty("evaluation").GetProperty("heldOut").GetProperty("averagePrecision").GetDouble());
        Assert.Equal(600, learner.GetProperty("ranking").GetProperty("positions")[0].GetProperty("nextOffset").GetInt64());
    }

    [Fact]
    public async Task Status_and_metrics_include_the_baselines_and_the_mining_budget()
    {
        var status = RunStates.Status with { Baselines = RunStates.Baselines, MiningBudget = RunStates.MiningBudget };
        await using var pages = await RunningWebsite.StartAsync(RunStates.View(TimeProvider.System, status));
        var learner = (await pages.Client.GetFromJsonAsync<JsonElement>("/api/status", TestContext.Current.CancellationToken)).GetProperty("learner");
        var baselines = learner.GetProperty("baselines");
        Assert.Equal("averagePrecision", baselines.GetProperty("metric").GetString());
        Assert.Equal(JsonValueKind.Null, baselines.GetProperty("random").GetProperty("heldOut").GetProperty("averagePrecision").ValueKind);
        Assert.Equal(0.625, baselines.GetProperty("randomEqualCompute").GetProperty("trainingSeconds").GetDouble());
        Assert.Equal(0.375, baselines.GetProperty("againstRandom").GetProperty("high").GetDouble());
        Assert.Equal(JsonValueKind.Null, baselines.GetProperty("againstEqualCompute").ValueKind);
        Assert.Equal(0.25, learner.GetProperty("miningBudget").GetProperty("scoredShare").GetDouble());
        Assert.True(learner.GetProperty("miningBudget").GetProperty("hardShareIsFixed").GetBoolean());

        var metrics = await pages.Client.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        foreach (var name in (string[])["hnm_baseline_metric", "hnm_baseline_steps", "hnm_baseline_scoring_seconds", "hnm_baseline_training_seconds", "hnm_uplift", "hnm_mining_scored_share", "hnm_mining_hard_share"])
            Assert.Contains(name, metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_status_is_available_before_there_is_a_learner()
    {
        await using var pages = await RunningWebsite.StartAsync(new LearnerView(TimeProvider.System));
        var status = await pages.Client.GetFromJsonAsync<JsonElement>("/api/status", TestContext.Current.CancellationToken);
        Assert.Equal("starting", status.GetProperty("phase").GetString());
        Assert.Equal(JsonValueKind.Null, status.GetProperty("learner").ValueKind);
    }

    [Theory]
    [InlineData("", 20)]
    [InlineData("?top=3", 3)]
    [InlineData("?top=1000", 30)]
    public async Task Hard_negatives_are_sorted_by_hardness_and_limited_by_top(string query, int count)
    {
        await using var pages = await RunningWebsite.StartAsync(RunStates.View(TimeProvider.System));
        var answer = await pages.Client.GetFromJsonAsync<JsonElement>("/api/hard-negatives" + query, TestContext.Current.CancellationToken);
        var items = answer.GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(count, items.Count);
        Assert.Equal("id-0", items[0].GetProperty("id").GetString());
        Assert.Equal(6, items[0].GetProperty("modelVersion").GetInt64());
        Assert.Equal(1, items[0].GetProperty("ageInVersions").GetInt64());
        Assert.Equal("t", items[0].GetProperty("origin").GetProperty("topic").GetString());
        Assert.True(items.Zip(items.Skip(1)).All(p => p.First.GetProperty("hardness").GetDouble() > p.Second.GetProperty("hardness").GetDouble()));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("1001")]
    [InlineData("many")]
    [InlineData("99999999999")]
    public async Task An_invalid_top_is_a_problem_with_the_allowed_range(string top)
    {
        await using var pages = await RunningWebsite.StartAsync(RunStates.View(TimeProvider.System));
        using var answer = await pages.Client.GetAsync($"/api/hard-negatives?top={top}", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.Contains($"'top' must be a whole number from 1 to {LearnerEndpoints.MaxHardNegatives} but is", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hard_negatives_are_unavailable_without_a_learner()
    {
        await using var pages = await RunningWebsite.StartAsync(new LearnerView(TimeProvider.System));
        using var answer = await pages.Client.GetAsync("/api/hard-negatives", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task An_unknown_path_is_a_404_problem()
    {
        await using var pages = await RunningWebsite.StartAsync(RunStates.View(TimeProvider.System));
        using var answer = await pages.Client.GetAsync("/api/nothing", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Readiness_follows_the_run_and_its_partitions()
    {
        var consumer = RunStates.Consumer with { Partitions = [] };
        await AssertHealthAsync(new LearnerView(TimeProvider.System), live: true, ready: false);
        await AssertHealthAsync(RunStates.View(TimeProvider.System), live: true, ready: true);
        await AssertHealthAsync(RunStates.View(TimeProvider.System, consumer: consumer), live: true, ready: false);
        await AssertHealthAsync(RunStates.View(TimeProvider.System, consumer: RunStates.Consumer with { Paused = true }), live: true, ready: false);
        await AssertHealthAsync(In(RunPhase.Draining), live: true, ready: false);
        await AssertHealthAsync(In(RunPhase.Failed), live: false, ready: false);
    }

    [Fact]
    public async Task Metrics_include_the_gauges_of_the_learner_and_the_runtime()
    {
        await using var pages = await RunningWebsite.StartAsync(RunStates.View(TimeProvider.System));
        var metrics = await pages.Client.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        Assert.Contains("hnm_pool_count", metrics, StringComparison.Ordinal);
        Assert.Contains("hnm_evaluation", metrics, StringComparison.Ordinal);
        Assert.Contains("dotnet_gc", metrics, StringComparison.Ordinal);
        // Undefined values are not exported, because NaN breaks graphs.
        Assert.DoesNotContain("hnm_pool_threshold{", metrics, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", metrics, StringComparison.Ordinal);
    }

    private static LearnerView In(RunPhase phase)
    {
        var view = RunStates.View(TimeProvider.System);
        view.Enter(phase);
        return view;
    }

    private static async Task AssertHealthAsync(LearnerView view, bool live, bool ready)
    {
        await using var pages = await RunningWebsite.StartAsync(view);
        using var liveAnswer = await pages.Client.GetAsync("/healthz/live", TestContext.Current.CancellationToken);
        using var readyAnswer = await pages.Client.GetAsync("/healthz/ready", TestContext.Current.CancellationToken);
        Assert.Equal((live, ready), (liveAnswer.IsSuccessStatusCode, readyAnswer.IsSuccessStatusCode));
        Assert.Equal(ready, (await readyAnswer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).StartsWith("Healthy", StringComparison.Ordinal));
    }

    [GeneratedRegex("(href|src)=\"(?<address>[^\"]*)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Links();
}
