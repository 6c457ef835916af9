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

    private static async Task<HttpResponseMessage> PostAsync(RunningWebsite pages, string operation, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/{operation}");
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await pages.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
