using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using HnmStreams.Testing.Learner;
using HnmStreams.Web.Api;
using HnmStreams.Web.Monitoring;

namespace HnmStreams.Web.Tests.Api;

public sealed class ModelEndpointsTests
{
    [Fact]
    public async Task Models_say_which_is_the_latest_and_why_others_are_not()
    {
        await using var pages = await RunningWebsite.StartAsync(RunStates.View(TimeProvider.System));
        var models = await pages.Client.GetFromJsonAsync<JsonElement>("/api/models", TestContext.Current.CancellationToken);
        Assert.Equal((true, 9, 5), (models.GetProperty("gated").GetBoolean(), models.GetProperty("newest").GetInt32(), models.GetProperty("best").GetInt32()));
        var held = models.GetProperty("decisions")[0];
        Assert.Equal((false, JsonValueKind.Null), (held.GetProperty("promoted").GetBoolean(), held.GetProperty("value").ValueKind));
        var card = await pages.Client.GetFromJsonAsync<JsonElement>("/api/models/latest/card", TestContext.Current.CancellationToken);
        Assert.Equal(models.GetProperty("latest").GetRawText(), card.GetRawText());
        Assert.Equal(600, card.GetProperty("positions")[0].GetProperty("nextOffset").GetInt64());
        Assert.Equal((0.25, 0.0625), (card.GetProperty("calibration").GetProperty("errorBefore").GetDouble(), card.GetProperty("calibration").GetProperty("errorAfter").GetDouble()));
    }

    [Fact]
    public async Task The_latest_model_is_a_file_named_after_its_version_and_leaves_none_behind()
    {
        var before = Directory.GetFiles(Path.GetTempPath(), "hnm-*.safetensors").Length;
        await using var pages = await RunningWebsite.StartAsync(RunStates.View(TimeProvider.System));
        using var answer = await pages.Client.GetAsync("/api/models/latest", TestContext.Current.CancellationToken);
        Assert.Equal(("application/octet-stream", "images-v00000007.safetensors"), (answer.Content.Headers.ContentType?.MediaType, answer.Content.Headers.ContentDisposition?.FileName));
        Assert.Equal([1, 2, 3], await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.True(Directory.GetFiles(Path.GetTempPath(), "hnm-*.safetensors").Length <= before);
    }

    [Fact]
    public async Task Scores_come_in_order_by_label_and_what_the_task_refuses_says_why()
    {
        using var answer = await ScoreAsync("""[{ "input": { "tensor": { "type": "float32", "shape": [1], "values": [1] } } }, { "id": "x", "target": { "label": "cat" }, "input": { "text": "hello" } }]""");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var items = (await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("items");
        Assert.Equal(("0", 0.75, 0.5), (items[0].GetProperty("id").GetString(), items[0].GetProperty("probabilities").GetProperty("cat").GetDouble(), items[0].GetProperty("calibrated").GetProperty("not cat").GetDouble()));
        Assert.Equal(("x", "no text, please"), (items[1].GetProperty("id").GetString(), items[1].GetProperty("refusal").GetString()));
    }

    [Theory]
    [InlineData("{}", "a JSON array")]
    [InlineData("[]", "1 to 256")]
    [InlineData("[1]", "example 0 is Number")]
    [InlineData("""[{ "input": { "tensor": { "type": "float32", "shape": [2], "values": [1] } } }]""", "example 0")]
    [InlineData("""[{ "id": "a" }]""", "input")]
    public async Task A_body_that_cannot_be_scored_is_a_problem_that_says_where(string body, string says)
    {
        using var answer = await ScoreAsync(body);
        Assert.Equal((HttpStatusCode.BadRequest, "application/problem+json"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.Contains(says, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_JSON_or_too_large_is_refused_before_it_is_read()
    {
        using var broken = await ScoreAsync("[{");
        Assert.Equal(HttpStatusCode.BadRequest, broken.StatusCode);
        using var large = await ScoreAsync("[\"" + new string('x', ScoreRequest.MostBytes) + "\"]");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
    }

    [Fact]
    public async Task Without_a_learner_there_is_no_model()
    {
        await using var pages = await RunningWebsite.StartAsync(new LearnerView(TimeProvider.System));
        foreach (var address in (string[])["/api/models", "/api/models/latest", "/api/models/latest/card"])
        {
            using var answer = await pages.Client.GetAsync(address, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        }
    }

    private static async Task<HttpResponseMessage> ScoreAsync(string body)
    {
        await using var pages = await RunningWebsite.StartAsync(RunStates.View(TimeProvider.System));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/score") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        // What is too large is refused by its length, before it is sent.
        request.Headers.ExpectContinue = true;
        using var client = new HttpClient(new SocketsHttpHandler { Expect100ContinueTimeout = Timeout.InfiniteTimeSpan }) { BaseAddress = pages.Client.BaseAddress };
        return await client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
