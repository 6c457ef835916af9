using HnmStreams.Testing.Learner;

namespace HnmStreams.Web.Tests;

public sealed class HeadRequestsTests
{
    [Theory]
    [InlineData("/")]
    [InlineData("/api/status")]
    [InlineData("/api/candidates/id-0/view")]
    [InlineData("/healthz/live")]
    [InlineData("/favicon.svg")]
    [InlineData("/api/nothing")]
    public async Task HEAD_has_the_status_and_type_of_GET_and_no_body(string path)
    {
        await using var pages = await RunningWebsite.StartAsync(RunStates.View(TimeProvider.System));
        using var request = new HttpRequestMessage(HttpMethod.Head, path);
        using var head = await pages.Client.SendAsync(request, TestContext.Current.CancellationToken);
        using var get = await pages.Client.GetAsync(path, TestContext.Current.CancellationToken);
        Assert.Equal((get.StatusCode, get.Content.Headers.ContentType?.MediaType), (head.StatusCode, head.Content.Headers.ContentType?.MediaType));
        Assert.Empty(await head.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }
}
