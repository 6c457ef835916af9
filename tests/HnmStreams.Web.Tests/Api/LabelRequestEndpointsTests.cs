using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using HnmStreams.Testing.Learner;

namespace HnmStreams.Web.Tests.Api;

public sealed class LabelRequestEndpointsTests
{
    private const string Token = "0123456789abcdef";

    [Fact]
    public async Task Lists_the_open_requests_with_words_and_counts()
    {
        await using var pages = await StartAsync();
        var json = await pages.Client.GetFromJsonAsync<JsonElement>("/api/label-requests?top=5", TestContext.Current.CancellationToken);
        Assert.Equal((true, true, 12, 8), (json.GetProperty("enabled").GetBoolean(), json.GetProperty("canAnswer").GetBoolean(), json.GetProperty("counts").GetProperty("requested").GetInt32(), json.GetProperty("counts").GetProperty("answered").GetInt32()));
        Assert.Equal(0.25, json.GetProperty("counts").GetProperty("differingShare").GetDouble());
        Assert.Equal(["not cat", "cat"], json.GetProperty("labels").EnumerateArray().Select(l => l.GetString()));
        var (first, second) = (json.GetProperty("items")[0], json.GetProperty("items")[1]);
        Assert.Equal(("a/b", "uncertain", "not cat"), (first.GetProperty("id").GetString(), first.GetProperty("reason").GetString(), first.GetProperty("predicted").GetString()));
        Assert.Equal("The model is unsure: it says 'not cat', but only with 60 %.", first.GetProperty("explanation").GetString());
        Assert.Equal("<b>3 bytes & more</b>", first.GetProperty("text").GetString());
        Assert.StartsWith("The served model and the newest one disagree.", second.GetProperty("explanation").GetString(), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, second.GetProperty("text").ValueKind);
        Assert.Equal(5, second.GetProperty("origin").GetProperty("offset").GetInt32());
    }

    [Fact]
    public async Task Other_formats_are_a_table_and_tasks_for_people()
    {
        await using var pages = await StartAsync();
        var csv = await pages.Client.GetStringAsync("/api/label-requests?format=csv", TestContext.Current.CancellationToken);
        Assert.StartsWith("id,reason,score", csv, StringComparison.Ordinal);
        Assert.Contains("a/b,uncertain,0.9,", csv, StringComparison.Ordinal);

        var tasks = await pages.Client.GetFromJsonAsync<JsonElement>("/api/label-requests?format=label-studio", TestContext.Current.CancellationToken);
        // The input of the other one is no longer stored.
        var task = Assert.Single(tasks.EnumerateArray());
        Assert.Equal(("a/b", "<b>3 bytes & more</b>"), (task.GetProperty("data").GetProperty("hnm_id").GetString(), task.GetProperty("data").GetProperty("text").GetString()));
        Assert.Equal("v7", task.GetProperty("predictions")[0].GetProperty("model_version").GetString());

        foreach (var wrong in (string[])["format=xml", "top=0", "top=1001"])
        {
            using var refused = await pages.Client.GetAsync($"/api/label-requests?{wrong}", TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        }
    }

    [Fact]
    public async Task Returns_the_input_of_an_open_request()
    {
        await using var pages = await StartAsync();
        Assert.Equal("<b>3 bytes & more</b>", await pages.Client.GetStringAsync("/api/label-requests/a%2Fb/view", TestContext.Current.CancellationToken));
        using var unknown = await pages.Client.GetAsync("/api/label-requests/other/view", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Fact]
    public async Task An_answer_sends_the_label_and_is_an_event()
    {
        var sent = new List<(string, string)>();
        await using var pages = await StartAsync((id, label) => sent.Add((id, label)));
        foreach (var (path, token, status) in new[]
        {
            ("a%2Fb/answer?label=cat", null, HttpStatusCode.Unauthorized),
            ("a%2Fb/answer", Token, HttpStatusCode.BadRequest),
            ("a%2Fb/answer?label=dog", Token, HttpStatusCode.BadRequest),
            ("other/answer?label=cat", Token, HttpStatusCode.NotFound),
            ("a%2Fb/answer?label=cat", Token, HttpStatusCode.OK),
        })
        {
            using var response = await PostAsync(pages, path, token);
            Assert.True(status == response.StatusCode, $"{path}: {response.StatusCode}");
        }

        Assert.Equal([("a/b", "cat")], sent);
        var events = await pages.Client.GetFromJsonAsync<JsonElement>("/api/events?kind=labelAnswer", TestContext.Current.CancellationToken);
        Assert.Equal("a/b is labeled 'cat'. The prediction was 'not cat'.", Assert.Single(events.GetProperty("items").EnumerateArray()).GetProperty("text").GetString());
    }

    [Fact]
    public async Task Without_a_way_to_send_labels_an_answer_is_refused_with_the_reason()
    {
        await using var pages = await RunningWebsite.StartAsync(RunStates.View(TimeProvider.System, LabelRequestStates.Status, questions: new CannedQuestions { Requests = LabelRequestStates.Open }), Token);
        using var refused = await PostAsync(pages, "b/answer?label=cat", Token);
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Contains("labels.mode", await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);

        await using var inline = await RunningWebsite.StartAsync(RunStates.View(TimeProvider.System));
        var json = await inline.Client.GetFromJsonAsync<JsonElement>("/api/label-requests", TestContext.Current.CancellationToken);
        Assert.Equal((false, JsonValueKind.Null, 0), (json.GetProperty("enabled").GetBoolean(), json.GetProperty("counts").ValueKind, json.GetProperty("items").GetArrayLength()));
    }

    private static Task<RunningWebsite> StartAsync(Action<string, string>? sent = null) => RunningWebsite.StartAsync(
        RunStates.View(TimeProvider.System, LabelRequestStates.Status, questions: new CannedQuestions { Requests = LabelRequestStates.Open }, answer: (id, label, _) =>
        {
            sent?.Invoke(id, label);
            return Task.CompletedTask;
        }),
        Token);

    private static async Task<HttpResponseMessage> PostAsync(RunningWebsite pages, string path, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/label-requests/{path}");
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await pages.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
