using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using HnmStreams.Testing.Learner;
using HnmStreams.Web.Monitoring;

namespace HnmStreams.Web.Tests.Api;

public sealed class OperationEndpointsTests
{
    private const string Token = "0123456789abcdef";

    [Theory]
    [InlineData("checkpoint")]
    [InlineData("pause")]
    [InlineData("resume")]
    public async Task Operations_require_the_token(string operation)
    {
        await using var closed = await RunningWebsite.StartAsync(RunStates.View(TimeProvider.System));
        using var forbidden = await PostAsync(closed, operation, Token);
        Assert.Equal(HttpStatusCode.Forbidden, forbidden.StatusCode);
        Assert.Contains("http.token", await forbidden.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);

        await using var pages = await RunningWebsite.StartAsync(RunStates.View(TimeProvider.System), Token);
        foreach (var wrong in (string?[])[null, "", "0123456789abcdeF", Token + "0"])
        {
            using var refused = await PostAsync(pages, operation, wrong);
            Assert.Equal((HttpStatusCode.Unauthorized, "Bearer"), (refused.StatusCode, refused.Headers.WwwAuthenticate.ToString()));
        }

        using var right = await PostAsync(pages, operation, Token);
        Assert.Equal(HttpStatusCode.OK, right.StatusCode);
        using var get = await pages.Client.GetAsync($"/api/{operation}", TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.MethodNotAllowed, "POST"), (get.StatusCode, get.Content.Headers.Allow.Single()));
    }

    [Fact]
    public async Task A_checkpoint_request_returns_the_checkpoint_or_the_reason_for_its_failure()
    {
        await using var pages = await RunningWebsite.StartAsync(RunStates.View(TimeProvider.System), Token);
        using var made = await PostAsync(pages, "checkpoint", Token);
        using var json = JsonDocument.Parse(await made.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(("2.5", 900), (json.RootElement.GetProperty("id").GetString(), json.RootElement.GetProperty("consumed").GetInt64()));

        var full = RunStates.Status.Checkpoint with { LastFailure = "No space left." };
        await using var failing = await RunningWebsite.StartAsync(RunStates.View(TimeProvider.System, checkpoint: () => Task.FromResult(full)), Token);
        using var failed = await PostAsync(failing, "checkpoint", Token);
        Assert.Equal(HttpStatusCode.InsufficientStorage, failed.StatusCode);
        Assert.Contains("No space left.", await failed.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);

        await using var off = await RunningWebsite.StartAsync(RunStates.View(TimeProvider.System, checkpoint: () => throw new InvalidOperationException("keeps no state")), Token);
        using var refused = await PostAsync(off, "checkpoint", Token);
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);

        await using var early = await RunningWebsite.StartAsync(new LearnerView(TimeProvider.System), Token);
        using var tooSoon = await PostAsync(early, "checkpoint", Token);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, tooSoon.StatusCode);
    }

    [Fact]
    public async Task A_paused_run_is_not_ready()
    {
        var gate = RunStates.Gate();
        await using var pages = await RunningWebsite.StartAsync(RunStates.View(TimeProvider.System, gate: gate), Token);
        using var paused = await PostAsync(pages, "pause", Token);
        Assert.True(gate.IsPaused);
        using var ready = await pages.Client.GetAsync("/healthz/ready", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Contains("paused by request", await ready.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        using var live = await pages.Client.GetAsync("/healthz/live", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);

        using var resumed = await PostAsync(pages, "resume", Token);
        Assert.False(gate.IsPaused);
        using var again = await pages.Client.GetAsync("/healthz/ready", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }

    [Fact]
    public async Task A_version_can_be_served_and_the_choice_given_back_to_the_gate()
    {
        await using var pages = await RunningWebsite.StartAsync(RunStates.View(TimeProvider.System), Token);
        using (var rolledBack = await PostAsync(pages, "models/5/promote", Token))
            Assert.Equal("""{"served":5,"pinned":true}""", await rolledBack.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        using (var models = await GetAsync(pages, "/api/models"))
        {
            Assert.Equal((5, 5), (models.RootElement.GetProperty("pinned").GetInt32(), models.RootElement.GetProperty("promoted").GetProperty("version").GetInt32()));
            Assert.Equal([7, 5], models.RootElement.GetProperty("kept").EnumerateArray().Select(k => k.GetProperty("version").GetInt32()));
        }

        using (var unknown = await PostAsync(pages, "models/6/promote", Token))
            Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        using (var wrong = await PostAsync(pages, "models/six/promote", Token))
            Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        using (var withoutToken = await PostAsync(pages, "models/7/promote", null))
            Assert.Equal(HttpStatusCode.Unauthorized, withoutToken.StatusCode);
        using (var automatic = await PostAsync(pages, "models/automatic", Token))
            Assert.Equal("""{"served":7,"pinned":false}""", await automatic.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal([5], await pages.Client.GetByteArrayAsync("/api/models/5", TestContext.Current.CancellationToken));
        Assert.Equal([0, 5], await pages.Client.GetByteArrayAsync("/api/models/5?format=onnx", TestContext.Current.CancellationToken));
        foreach (var (format, reason) in ((string, string)[])[("torchscript", "Export it as onnx"), ("pickle", "must be one of safetensors, onnx, torchscript but is")])
        {
            using var refused = await pages.Client.GetAsync($"/api/models/5?format={format}", TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            Assert.Contains(reason, await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }

        using var missing = await pages.Client.GetAsync("/api/models/6", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }

    [Fact]
    public async Task Every_operation_is_an_event_with_its_cause()
    {
        await using var pages = await RunningWebsite.StartAsync(RunStates.View(TimeProvider.System), Token);
        foreach (var operation in (string[])["pause", "pause", "resume", "checkpoint", "models/5/promote", "models/automatic", "quarantine/a%2Fb/confirm"])
        {
            using var done = await PostAsync(pages, operation, Token);
            Assert.Equal(HttpStatusCode.OK, done.StatusCode);
        }

        using var events = await GetAsync(pages, "/api/events");
        Assert.Equal(
            [
                ("label", "The label 'not cat' of a/b is wrong. It is never trained on again."),
                ("modelChoice", "The gate chooses the served version again."),
                ("modelChoice", "Version 5 is served again by a person, instead of 7. The gate does not change that."),
                ("checkpoint", "Checkpoint 2.5 is saved on request, 12.1 KiB."),
                ("resumed", "The intake of records is resumed."),
                ("paused", "The intake of records is paused."),
            ],
            events.RootElement.GetProperty("items").EnumerateArray().Where(e => e.GetProperty("actor").GetString() == "api").Select(e => (e.GetProperty("kind").GetString()!, e.GetProperty("text").GetString()!)));
        using var paused = await GetAsync(pages, "/api/events?kind=paused&top=1");
        Assert.Single(paused.RootElement.GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task A_label_decision_is_exported_with_the_right_label_and_can_be_taken_back()
    {
        await using var pages = await RunningWebsite.StartAsync(RunStates.View(TimeProvider.System), Token);
        var queue = await pages.Client.GetStringAsync("/api/quarantine?format=csv", TestContext.Current.CancellationToken);
        Assert.Equal("id,region,label,visits,lastLoss,sinceVersion,reason,topic,partition,offset\r\na/b,0,not cat,8,4,5,8 visits,t,0,3\r\n", queue);
        using (var early = await PostAsync(pages, "quarantine/a%2Fb/undo", Token))
            Assert.Equal(HttpStatusCode.NotFound, early.StatusCode);
        foreach (var operation in (string[])["confirm?label=cat", "undo"])
        {
            using var done = await PostAsync(pages, $"quarantine/a%2Fb/{operation}", Token);
            Assert.Equal(HttpStatusCode.OK, done.StatusCode);
        }

        var decisions = (await pages.Client.GetStringAsync("/api/label-decisions?format=csv", TestContext.Current.CancellationToken)).Split("\r\n");
        Assert.Equal("at,id,region,label,decision,proposedLabel,actor", decisions[0]);
        Assert.EndsWith(",a/b,0,not cat,undone,,api", decisions[1], StringComparison.Ordinal);
        Assert.EndsWith(",a/b,0,not cat,wrong,cat,api", decisions[2], StringComparison.Ordinal);
        using var wrong = await pages.Client.GetAsync("/api/quarantine?format=xml", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
    }

    [Theory]
    [InlineData("?top=30&search=ID-2", 11)]
    [InlineData("?top=30&label=not%20cat", 30)]
    [InlineData("?top=30&label=cat", 0)]
    public async Task Hard_negatives_can_be_searched_and_exported(string query, int expected)
    {
        await using var pages = await RunningWebsite.StartAsync(RunStates.View(TimeProvider.System));
        using var found = await GetAsync(pages, $"/api/hard-negatives{query}");
        Assert.Equal(expected, found.RootElement.GetProperty("items").GetArrayLength());
        var csv = await pages.Client.GetStringAsync($"/api/hard-negatives{query}&format=csv", TestContext.Current.CancellationToken);
        Assert.Equal(expected + 2, csv.Split("\r\n").Length);
    }

    [Theory]
    [InlineData("/api/events?kind=party", "'kind' must be one of started, continued")]
    [InlineData("/api/events?before=-1", "'before' must be the id of an event")]
    [InlineData("/api/events?top=0", "'top' must be a whole number")]
    [InlineData("/api/history?points=1", "'points' must be a whole number from 2")]
    public async Task Invalid_parameters_of_events_and_history_are_named(string address, string expected)
    {
        await using var pages = await RunningWebsite.StartAsync(RunStates.View(TimeProvider.System), Token);
        using var response = await pages.Client.GetAsync(address, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(expected, JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_system_and_the_settings_are_readable_without_a_token()
    {
        await using var pages = await RunningWebsite.StartAsync(RunStates.View(TimeProvider.System));
        using var system = await GetAsync(pages, "/api/system");
        Assert.InRange(system.RootElement.GetProperty("residentBytes").GetInt64(), 1, long.MaxValue);
        Assert.Equal(9_408, system.RootElement.GetProperty("poolBytes").GetInt64());
        using var settings = await GetAsync(pages, "/api/settings");
        Assert.Equal(JsonValueKind.Array, settings.RootElement.GetProperty("items").ValueKind);
    }

    [Fact]
    public async Task A_run_whose_records_wait_for_schemas_is_not_ready_and_gives_the_reason()
    {
        string? reason = "The schema registry http://r:8081 has not returned schema 7.";
        await using var pages = await RunningWebsite.StartAsync(RunStates.View(TimeProvider.System, decodingWaitsFor: () => reason), Token);
        using var ready = await pages.Client.GetAsync("/healthz/ready", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Contains(reason, await ready.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Contains(reason, await pages.Client.GetStringAsync("/api/status", TestContext.Current.CancellationToken), StringComparison.Ordinal);

        reason = null;
        using var again = await pages.Client.GetAsync("/healthz/ready", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }

    [Theory]
    [InlineData("127.0.0.1", HttpStatusCode.OK)]
    [InlineData("localhost", HttpStatusCode.OK)]
    [InlineData("evil.example", HttpStatusCode.BadRequest)]
    public async Task Requests_for_other_host_names_are_rejected(string host, HttpStatusCode expected)
    {
        await using var pages = await RunningWebsite.StartAsync(RunStates.View(TimeProvider.System), Token);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/status");
        request.Headers.Host = $"{host}:{pages.Client.BaseAddress!.Port}";
        using var response = await pages.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(expected, response.StatusCode);
    }

    private static async Task<JsonDocument> GetAsync(RunningWebsite pages, string address) =>
        JsonDocument.Parse(await pages.Client.GetStringAsync(address, TestContext.Current.CancellationToken));

    private static async Task<HttpResponseMessage> PostAsync(RunningWebsite pages, string operation, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/{operation}");
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await pages.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
