using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using HnmStreams.Data.Records;
using HnmStreams.Testing.Learner;
using HnmStreams.Web.DeadLetters;
using Microsoft.Extensions.Time.Testing;

namespace HnmStreams.Web.Tests.Api;

public sealed class LearnerEndpointsTests
{
    private const string Token = "0123456789abcdef";

    [Fact]
    public async Task The_histogram_contains_all_candidates_and_the_threshold()
    {
        var histogram = await GetAsync("/api/pool/histogram");
        Assert.Equal((3, 0.25, true), (histogram.GetProperty("count").GetInt32(), histogram.GetProperty("threshold").GetDouble(), histogram.GetProperty("logarithmic").GetBoolean()));
        Assert.Equal(3, histogram.GetProperty("bins").EnumerateArray().Sum(b => b.GetProperty("count").GetInt32()));
    }

    [Fact]
    public async Task A_batch_has_requested_and_actual_rows_and_the_reasons_for_the_difference()
    {
        var batch = (await GetAsync("/api/batches")).GetProperty("items")[0];
        Assert.Equal(6, batch.GetProperty("requested").GetProperty("hardNegatives").GetInt32());
        var actual = batch.GetProperty("actual");
        // One of seven hard negatives is cooling down, so a random one replaces it.
        Assert.Equal((2, 3, 6, 5), (actual.GetProperty("newPositives").GetInt32(), actual.GetProperty("reservoirPositives").GetInt32(), actual.GetProperty("hardNegatives").GetInt32(), actual.GetProperty("randomNegatives").GetInt32()));
        Assert.Equal(["1 of 6 positives missing", "1 hard negatives are cooling down or reached their maximum uses, and were replaced by random ones"], batch.GetProperty("reasons").EnumerateArray().Select(w => w.GetString()));
    }

    [Fact]
    public async Task The_explanation_has_labeled_neighbors_the_loss_history_and_the_label_assessment()
    {
        var why = await GetAsync("/api/candidates/id-0/why");
        Assert.Equal("not cat", why.GetProperty("candidate").GetProperty("label").GetString());
        Assert.Equal("pool", why.GetProperty("candidate").GetProperty("location").GetString());
        Assert.Equal(JsonValueKind.Null, why.GetProperty("current").GetProperty("outputs")[0].ValueKind);
        Assert.Equal(("p", "cat", 0.9), (why.GetProperty("nearestPositives")[0].GetProperty("id").GetString(), why.GetProperty("nearestPositives")[0].GetProperty("label").GetString(), why.GetProperty("nearestPositives")[0].GetProperty("similarity").GetDouble()));
        Assert.Equal(
            "The model places it nearer to the nearest positive (cosine 0.900) than to the nearest other negative (0.500) among 40 stored examples. Its loss was 2 under version 5 and is 1 under version 6. It was trained on twice. It is not a suspected label error: too early to say.",
            why.GetProperty("summary").GetString());
    }

    [Fact]
    public async Task The_explanation_has_the_regions_of_a_detection_task()
    {
        var why = await GetAsync($"/api/candidates/{Uri.EscapeDataString(CannedQuestions.Suspect)}/why");
        var region = Assert.Single(why.GetProperty("regions").EnumerateArray());
        Assert.Equal((0.5, 0.75, 1.0, 1.0, 2.5, "dog"), (region.GetProperty("left").GetDouble(), region.GetProperty("top").GetDouble(), region.GetProperty("right").GetDouble(), region.GetProperty("bottom").GetDouble(), region.GetProperty("hardness").GetDouble(), region.GetProperty("looksLike").GetString()));
        Assert.Contains("The hardest background region is at the bottom right: the model mistakes it for dog (hardness 2.5).", why.GetProperty("summary").GetString(), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, (await GetAsync("/api/candidates/id-0/why")).GetProperty("regions").ValueKind);
    }

    [Theory]
    [InlineData("/api/candidates/unknown")]
    [InlineData("/api/candidates/unknown/why")]
    [InlineData("/api/candidates/unknown/view")]
    public async Task An_unknown_candidate_is_a_404_problem_that_names_it(string address)
    {
        await using var pages = await RunningWebsite.StartAsync(RunStates.View(TimeProvider.System));
        using var answer = await pages.Client.GetAsync(address, TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.NotFound, "application/problem+json"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.Contains("'unknown'", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_text_preview_is_plain_text_that_browsers_do_not_interpret()
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
    public async Task A_label_decision_requires_the_token_and_succeeds_once(string operation, string decision)
    {
        await using var pages = await RunningWebsite.StartAsync(RunStates.View(TimeProvider.System), Token);
        // A slash in an id is escaped.
        var address = $"/api/quarantine/a%2Fb/{operation}";
        using var refused = await pages.Client.PostAsync(address, null, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        pages.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        using var accepted = await pages.Client.PostAsync(address, null, TestContext.Current.CancellationToken);
        var answer = await accepted.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.Equal(("a/b", decision), (answer.GetProperty("id").GetString(), answer.GetProperty("decision").GetString()));
        using var repeated = await pages.Client.PostAsync(address, null, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, repeated.StatusCode);
        var remaining = await pages.Client.GetFromJsonAsync<JsonElement>("/api/quarantine", TestContext.Current.CancellationToken);
        Assert.Equal(0, remaining.GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task Dead_letters_are_counted_by_reason_and_listed_newest_first()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
        var deadLetters = new RecentDeadLetters(new RunStates.NullDeadLetterSink(), time);
        for (var i = 0; i < RecentDeadLetters.Capacity + 5; i++)
            deadLetters.Write(new DeadLetter(new Origin("t", 0, i), i % 2 == 0 ? "malformed" : "wrong-shape", $"record {i}", null, null));
        await using var pages = await RunningWebsite.StartAsync(RunStates.View(TimeProvider.System, deadLetters: deadLetters));
        var answer = await pages.Client.GetFromJsonAsync<JsonElement>("/api/dead-letters", TestContext.Current.CancellationToken);
        Assert.Equal((28, 27), (answer.GetProperty("counts").GetProperty("malformed").GetInt32(), answer.GetProperty("counts").GetProperty("wrong-shape").GetInt32()));
        Assert.Equal(RecentDeadLetters.Capacity, answer.GetProperty("items").GetArrayLength());
        Assert.Equal("record 54", answer.GetProperty("items")[0].GetProperty("detail").GetString());
    }

    [Fact]
    public async Task The_bytes_of_a_dead_letter_are_shown_in_parts_and_downloaded_whole()
    {
        var deadLetters = new RecentDeadLetters(new RunStates.NullDeadLetterSink(), TimeProvider.System);
        deadLetters.Write(new DeadLetter(new Origin("t", 2, 7), "malformed", "no JSON", "a\tb"u8.ToArray(), [0xff, 0x00]));
        deadLetters.Write(new DeadLetter(new Origin("t", 2, 8), "wrong-shape", "row 3", "r"u8.ToArray(), null) { Row = 3 });
        await using var pages = await RunningWebsite.StartAsync(RunStates.View(TimeProvider.System, deadLetters: deadLetters));
        var items = (await pages.Client.GetFromJsonAsync<JsonElement>("/api/dead-letters", TestContext.Current.CancellationToken)).GetProperty("items");
        Assert.Equal(("2-8-3", 3, JsonValueKind.Null), (items[0].GetProperty("id").GetString(), items[0].GetProperty("row").GetInt32(), items[0].GetProperty("value").ValueKind));
        Assert.Equal("""{"length":3,"encoding":"text","preview":"a\\u0009b","truncated":false,"stored":true}""", items[1].GetProperty("key").GetRawText());
        Assert.Equal("""{"length":2,"encoding":"hex","preview":"ff 00","truncated":false,"stored":true}""", items[1].GetProperty("value").GetRawText());

        var value = await pages.Client.GetAsync(new Uri("/api/dead-letters/2-7/value", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal([0xff, 0x00], await value.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.Equal(("application/octet-stream", "attachment", "nosniff"), (value.Content.Headers.ContentType!.MediaType, value.Content.Headers.ContentDisposition!.DispositionType, value.Headers.GetValues("X-Content-Type-Options").Single()));
        foreach (var (address, expected) in new[] { ("/api/dead-letters/2-8-3/value", HttpStatusCode.NotFound), ("/api/dead-letters/9-9/key", HttpStatusCode.NotFound), ("/api/dead-letters/2-7/headers", HttpStatusCode.BadRequest) })
        {
            using var answer = await pages.Client.GetAsync(new Uri(address, UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.Equal(expected, answer.StatusCode);
        }
    }

    [Fact]
    public async Task The_API_description_has_every_endpoint_with_its_answers_and_errors()
    {
        var described = (await GetAsync("/openapi/v1.json")).GetProperty("paths");
        foreach (var path in (string[])["/api/status", "/api/history", "/api/hard-negatives", "/api/pool/histogram", "/api/batches", "/api/quarantine", "/api/label-requests", "/api/label-requests/{id}/view", "/api/checkpoints", "/api/dead-letters", "/api/candidates/{id}", "/api/candidates/{id}/why", "/api/candidates/{id}/view"])
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
