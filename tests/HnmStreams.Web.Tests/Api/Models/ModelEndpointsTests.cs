using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using HnmStreams.Testing.Learner;
using HnmStreams.Web.Api.Models;
using HnmStreams.Web.Monitoring;

namespace HnmStreams.Web.Tests.Api.Models;

public sealed class ModelEndpointsTests
{
    [Fact]
    public async Task Models_have_the_promoted_version_and_the_decisions_about_others()
    {
        await using var pages = await RunningWebsite.StartAsync(RunStates.View(TimeProvider.System));
        var models = await pages.Client.GetFromJsonAsync<JsonElement>("/api/models", TestContext.Current.CancellationToken);
        Assert.Equal((true, 9, 5), (models.GetProperty("gated").GetBoolean(), models.GetProperty("newest").GetInt32(), models.GetProperty("best").GetInt32()));
        var rejected = models.GetProperty("decisions")[0];
        Assert.Equal((false, JsonValueKind.Null), (rejected.GetProperty("promoted").GetBoolean(), rejected.GetProperty("value").ValueKind));
        var card = await pages.Client.GetFromJsonAsync<JsonElement>("/api/models/promoted/card", TestContext.Current.CancellationToken);
        Assert.Equal(models.GetProperty("promoted").GetRawText(), card.GetRawText());
        Assert.Equal(600, card.GetProperty("positions")[0].GetProperty("nextOffset").GetInt64());
        Assert.Equal((0.25, 0.0625), (card.GetProperty("calibration").GetProperty("errorBefore").GetDouble(), card.GetProperty("calibration").GetProperty("errorAfter").GetDouble()));
    }

    [Fact]
    public async Task The_promoted_model_is_a_file_named_by_its_version_and_leaves_no_temporary_file()
    {
        var before = Directory.GetFiles(Path.GetTempPath(), "hnm-*.safetensors").Length;
        await using var pages = await RunningWebsite.StartAsync(RunStates.View(TimeProvider.System));
        using var answer = await pages.Client.GetAsync("/api/models/promoted", TestContext.Current.CancellationToken);
        Assert.Equal(("application/octet-stream", "images-v00000007.safetensors"), (answer.Content.Headers.ContentType?.MediaType, answer.Content.Headers.ContentDisposition?.FileName));
        Assert.Equal([1, 2, 3], await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.True(Directory.GetFiles(Path.GetTempPath(), "hnm-*.safetensors").Length <= before);
    }

    [Fact]
    public async Task Scores_are_in_order_and_by_label_and_a_refused_example_has_the_reason()
    {
        using var answer = await ScoreAsync("""[{ "input": { "tensor": { "type": "float32", "shape": [1], "values": [1] } } }, { "id": "x", "target": { "label": "cat" }, "input": { "text": "hello" } }]""");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var items = (await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("items");
        Assert.Equal(("0", 0.75, 0.5), (items[0].GetProperty("id").GetString(), items[0].GetProperty("probabilities").GetProperty("cat").GetDouble(), items[0].GetProperty("calibrated").GetProperty("not cat").GetDouble()));
        Assert.Equal(("x", "text is not supported"), (items[1].GetProperty("id").GetString(), items[1].GetProperty("rejection").GetString()));
    }

    [Theory]
    [InlineData("{}", "a JSON array")]
    [InlineData("[]", "1 to 256")]
    [InlineData("[1]", "Example 0 must be a JSON object but is a number")]
    [InlineData("""[{ "input": { "tensor": { "type": "float32", "shape": [2], "values": [1] } } }]""", "Example 0 is invalid")]
    [InlineData("""[{ "id": "a" }]""", "input")]
    public async Task A_body_that_cannot_be_scored_is_a_problem_that_names_the_example(string body, string detail)
    {
        using var answer = await ScoreAsync(body);
        Assert.Equal((HttpStatusCode.BadRequest, "application/problem+json"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.Contains(detail, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_is_not_JSON_or_is_too_large_is_rejected()
    {
        using var broken = await ScoreAsync("[{");
        Assert.Equal(HttpStatusCode.BadRequest, broken.StatusCode);
        using var large = await ScoreAsync("[\"" + new string('x', ScoreRequest.MaxBytes) + "\"]");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
    }

    [Fact]
    public async Task Without_a_learner_there_is_no_model()
    {
        await using var pages = await RunningWebsite.StartAsync(new LearnerView(TimeProvider.System));
        foreach (var address in (string[])["/api/models", "/api/models/promoted", "/api/models/promoted/card"])
        {
            using var answer = await pages.Client.GetAsync(address, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        }
    }

    private static async Task<HttpResponseMessage> ScoreAsync(string body)
    {
        await using var pages = await RunningWebsite.StartAsync(RunStates.View(TimeProvider.System));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/score") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        // The server rejects a large body by its declared length, before it is sent.
        request.Headers.ExpectContinue = true;
        using var client = new HttpClient(new SocketsHttpHandler { Expect100ContinueTimeout = Timeout.InfiniteTimeSpan }) { BaseAddress = pages.Client.BaseAddress };
        return await client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
