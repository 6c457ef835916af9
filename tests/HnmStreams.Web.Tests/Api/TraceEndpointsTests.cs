using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using HnmStreams.Testing.Learner;
using HnmStreams.Web.Tests.Tracing;

namespace HnmStreams.Web.Tests.Api;

public sealed class TraceEndpointsTests
{
    [Fact]
    public async Task Traces_are_found_by_record_and_by_origin()
    {
        await using var pages = await RunningWebsite.StartAsync(RunStates.View(TimeProvider.System));
        var id = RecordTrace.Emit("api/key", 2, 77, "admitted", 5);
        RecordTrace.Emit("other", 2, 78, "rejected");
        foreach (var query in new[] { "record=api/key", "partition=2&offset=77" })
        {
            var found = (await pages.Client.GetFromJsonAsync<JsonElement>($"/api/traces?{query}", TestContext.Current.CancellationToken)).GetProperty("traces");
            var trace = Assert.Single(found.EnumerateArray());
            Assert.Equal((id, "admitted", 5L, 105L), (trace.GetProperty("id").GetString(), trace.GetProperty("outcome").GetString(), trace.GetProperty("steps")[0].GetInt64(), trace.GetProperty("versions")[0].GetInt64()));
        }

        var spans = (await pages.Client.GetFromJsonAsync<JsonElement>($"/api/traces/{id}", TestContext.Current.CancellationToken)).GetProperty("spans");
        Assert.Equal(["hnm.consume", "hnm.rank", "hnm.train", "hnm.publish"], spans.EnumerateArray().Select(s => s.GetProperty("name").GetString()));
        Assert.Equal((0.5, "the pool has room"), (spans[1].GetProperty("attributes").GetProperty("hnm.hardness").GetDouble(), spans[1].GetProperty("attributes").GetProperty("hnm.rank.reason").GetString()));
        Assert.Equal(spans[0].GetProperty("id").GetString(), spans[1].GetProperty("parentId").GetString());
    }

    [Theory]
    [InlineData("/api/traces?outcome=lost", HttpStatusCode.BadRequest)]
    [InlineData("/api/traces?partition=x", HttpStatusCode.BadRequest)]
    [InlineData("/api/traces?offset=-1", HttpStatusCode.BadRequest)]
    [InlineData("/api/traces?limit=0", HttpStatusCode.BadRequest)]
    [InlineData("/api/traces/unknown", HttpStatusCode.NotFound)]
    public async Task Invalid_searches_and_unknown_traces_are_refused(string address, HttpStatusCode expected)
    {
        await using var pages = await RunningWebsite.StartAsync(RunStates.View(TimeProvider.System));
        using var answer = await pages.Client.GetAsync(address, TestContext.Current.CancellationToken);
        Assert.Equal(expected, answer.StatusCode);
    }
}
