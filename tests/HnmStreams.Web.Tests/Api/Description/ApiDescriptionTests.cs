using System.Net.Http.Json;
using System.Text.Json;
using HnmStreams.Testing.Learner;

namespace HnmStreams.Web.Tests.Api.Description;

/// <summary>Tests of the rules of common OpenAPI linters (Redocly, Spectral) that apply to this API.</summary>
public sealed class ApiDescriptionTests
{
    [Fact]
    public async Task Every_operation_has_an_id_a_summary_security_and_a_request_schema()
    {
        await using var pages = await RunningWebsite.StartAsync(RunStates.View(TimeProvider.System));
        var document = await pages.Client.GetFromJsonAsync<JsonElement>("/openapi/v1.json", TestContext.Current.CancellationToken);
        Assert.Equal("HnmStreams API", document.GetProperty("info").GetProperty("title").GetString());
        Assert.Equal("http", document.GetProperty("components").GetProperty("securitySchemes").GetProperty("bearer").GetProperty("type").GetString());
        var ids = new List<string>();
        foreach (var path in document.GetProperty("paths").EnumerateObject())
        {
            Assert.False(path.Name.EndsWith('/'), path.Name);
            foreach (var operation in path.Value.EnumerateObject())
            {
                var operationName = $"{operation.Name} {path.Name}";
                ids.Add(operation.Value.GetProperty("operationId").GetString()!);
                Assert.False(string.IsNullOrWhiteSpace(operation.Value.GetProperty("summary").GetString()), operationName);
                var needsToken = operation.Value.GetProperty("tags")[0].GetString() == "Operations";
                var security = Assert.Single(operation.Value.GetProperty("security").EnumerateArray());
                Assert.Equal(needsToken, security.TryGetProperty("bearer", out _));
                if (operation.Value.TryGetProperty("requestBody", out var body))
                    Assert.Equal("array", body.GetProperty("content").GetProperty("application/json").GetProperty("schema").GetProperty("type").GetString());
            }
        }

        Assert.Equal(ids.Count, ids.Distinct(StringComparer.Ordinal).Count());
        Assert.Contains("explainCandidate", ids);
    }
}
