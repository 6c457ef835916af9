using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using HnmStreams.Data.Records;
using HnmStreams.Testing.Learner;
using HnmStreams.Web.Monitoring;
using Microsoft.Extensions.Time.Testing;

namespace HnmStreams.Web.Tests.Api;

public sealed class LearnerEndpointsTests
{
    private const string Token = "0123456789abcdef";

    [Fact]
    public async Task The_histogram_has_all_residents_and_the_threshold()
    {
        var histogram = await GetAsync("/api/pool/histogram");
        Assert.Equal((3, 0.25, true), (histogram.GetProperty("count").GetInt32(), histogram.GetProperty("threshold").GetDouble(), histogram.GetProperty("logarithmic").GetBoolean()));
        Assert.Equal(3, histogram.GetProperty("bins").EnumerateArray().Sum(b => b.GetProperty("count").GetInt32()));
    }

    [Fact]
    public async Task A_batch_says_what_was_asked_what_was_given_and_why()
    {
        var batch = (await GetAsync("/api/batches")).GetProperty("items")[0];
        Assert.Equal(6, batch.GetProperty("asked").GetProperty("hardNegatives").GetInt32());
        var given = batch.GetProperty("given");
        // One of seven hard negatives cools down, so a random one has its place.
        Assert.Equal((2, 3, 6, 5), (given.GetProperty("freshPositives").GetInt32(), given.GetProperty("keptPositives").GetInt32(), given.GetProperty("hardNegatives").GetInt32(), given.GetProperty("randomNegatives").GetInt32()));
        Assert.Equal(["1 of 6 positives missing", "1 hard negatives cool down or were used up: random ones in their places"], batch.GetProperty("why").EnumerateArray().Select(w => w.GetString()));
    }

    [Fact]
    public async Task Why_a_candidate_is_hard_has_neighbours_by_name_a_past_and_a_verdict()
    {
        var why = await GetAsync("/api/candidates/id-0/why");
        Assert.Equal("not cat", why.GetProperty("candidate").GetProperty("label").GetString());
        Assert.Equal("pool", why.GetProperty("candidate").GetProperty("place").GetString());
        Assert.Equal(JsonValueKind.Null, why.GetProperty("now").GetProperty("outputs")[0].ValueKind);
        Assert.Equal(("p", "cat", 0.9), (why.GetProperty("nearestPositives")[0].GetProperty("id").GetString(), why.GetProperty("nearestPositives")[0].GetProperty("label").GetString(), why.GetProperty("nearestPositives")[0].GetProperty("similarity").GetDouble()));
        Assert.Equal(
            "The model places it nearer to the positives (cosine 0.900) than to any other negative (0.500) of 40 that it was compared with. Its loss was 2 under version 5 and is 1 under version 6. It was trained on 2 times. It does not look like a wrong label: too early to say.",
            why.GetProperty("inWords").GetString());
    }

    [Fact]
    public async Task Why_names_the_regions_of_a_task_that_mines_inside_its_examples()
    {
        var why = await GetAsync($"/api/candidates/{Uri.EscapeDataString(CannedQuestions.Suspect)}/why");
        var region = Assert.Single(why.GetProperty("regions").EnumerateArray());
        Assert.Equal((0.5, 0.75, 1.0, 1.0, 2.5, "dog"), (region.GetProperty("left").GetDouble(), region.GetProperty("top").GetDouble(), region.GetProperty("right").GetDouble(), region.GetProperty("bottom").GetDouble(), region.GetProperty("hardness").GetDouble(), region.GetProperty("looksLike").GetString()));
        Assert.Contains("Where nothing is, the model is surest of dog (hardness 2.5), at the bottom right.", why.GetProperty("inWords").GetString(), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, (await GetAsync("/api/candidates/id-0/why")).GetProperty("regions").ValueKind);
    }

    [Theory]
    [InlineData("/api/candidates/nobody")]
    [InlineData("/api/candidates/nobody/why")]
    [InlineData("/api/candidates/nobody/view")]
    public async Task What_is_not_held_is_a_problem_that_says_so(string address)
    {
        await using var pages = await RunningWebsite.StartAsync(RunStates.View(TimeProvider.System));
        using var answer = await pages.Client.GetAsync(address, TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.NotFound, "application/problem+json"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.Contains("'nobody'", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_view_is_plain_text_that_no_browser_takes_for_a_page()
    {
        await using var pages = await RunningWebsite.StartAsync(RunStates.View(TimeProvider.System));
        using var answer = await pages.Client.GetAsync("/api/candidates/id-0/view", TestContext.Current.CancellationToken);
        Assert.Equal("text/plain", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("<b>3 bytes & more</b>", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("release", "released")]
    [InlineData("confirm", "confirmed")]
    public async Task A_verdict_wants_the_token_and_is_taken_once(string order, string verdict)
    {
        await using var pages = await RunningWebsite.StartAsync(RunStates.View(TimeProvider.System), Token);
        // A slash in an id comes escaped.
        var address = $"/api/quarantine/a%2Fb/{order}";
        using var refused = await pages.Client.PostAsync(address, null, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        pages.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        using var taken = await pages.Client.PostAsync(address, null, TestContext.Current.CancellationToken);
        var told = await taken.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.Equal(("a/b", verdict), (told.GetProperty("id").GetString(), told.GetProperty("verdict").GetString()));
        using var again = await pages.Client.PostAsync(address, null, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
        var left = await pages.Client.GetFromJsonAsync<JsonElement>("/api/quarantine", TestContext.Current.CancellationToken);
        Assert.Equal(0, left.GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task Dead_letters_are_counted_by_reason_and_the_last_ones_come_first()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
        var letters = new RecentDeadLetters(new RunStates.NoLetters(), time);
        for (var i = 0; i < RecentDeadLetters.Most + 5; i++)
            letters.Write(new DeadLetter(new Origin("t", 0, i), i % 2 == 0 ? "malformed" : "wrong-shape", $"record {i}", null, null));
        await using var pages = await RunningWebsite.StartAsync(RunStates.View(TimeProvider.System, letters: letters));
        var told = await pages.Client.GetFromJsonAsync<JsonElement>("/api/dead-letters", TestContext.Current.CancellationToken);
        Assert.Equal((28, 27), (told.GetProperty("counts").GetProperty("malformed").GetInt32(), told.GetProperty("counts").GetProperty("wrong-shape").GetInt32()));
        Assert.Equal(RecentDeadLetters.Most, told.GetProperty("items").GetArrayLength());
        Assert.Equal("record 54", told.GetProperty("items")[0].GetProperty("detail").GetString());
    }

    [Fact]
    public async Task Every_address_of_the_api_is_described_with_its_answers_and_errors()
    {
        var described = (await GetAsync("/openapi/v1.json")).GetProperty("paths");
        foreach (var path in (string[])["/api/status", "/api/history", "/api/hard-negatives", "/api/pool/histogram", "/api/batches", "/api/quarantine", "/api/checkpoints", "/api/dead-letters", "/api/candidates/{id}", "/api/candidates/{id}/why", "/api/candidates/{id}/view"])
        {
            var get = described.GetProperty(path).GetProperty("get");
            Assert.False(string.IsNullOrWhiteSpace(get.GetProperty("summary").GetString()), path);
            Assert.True(get.GetProperty("responses").TryGetProperty("200", out _), path);
        }

        Assert.True(described.GetProperty("/api/candidates/{id}/why").GetProperty("get").GetProperty("responses").TryGetProperty("404", out _));
        Assert.True(described.GetProperty("/api/quarantine/{id}/release").GetProperty("post").GetProperty("responses").TryGetProperty("401", out _));
        Assert.False(described.TryGetProperty("/", out _));
    }

    private static async Task<JsonElement> GetAsync(string address)
    {
        await using var pages = await RunningWebsite.StartAsync(RunStates.View(TimeProvider.System));
        return await pages.Client.GetFromJsonAsync<JsonElement>(address, TestContext.Current.CancellationToken);
    }
}
