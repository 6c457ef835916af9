using HnmStreams.Configuration.Sections;
using HnmStreams.Testing.Learner;

namespace HnmStreams.Web.Tests.Limits;

public sealed class HostFilterTests
{
    [Theory(Timeout = 120_000)]
    [InlineData("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n")]
    [InlineData("GET /api/status HTTP/1.1\r\nHost: evil.example:8088\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost:\r\n\r\n")]
    [InlineData("GET / HTTP/1.0\r\n\r\n")]
    public async Task Rejects_foreign_and_empty_hosts_without_details(string request)
    {
        await using var pages = await RunningWebsite.StartAsync(RunStates.View(TimeProvider.System), configure: o => o.Urls = "http://0.0.0.0:0");
        using var raw = await RawRequest.SendAsync(pages.Client.BaseAddress!, request);
        var answer = await raw.AnswerAsync();
        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://0.0.0.0:8088")]
    [InlineData("http://*:8088")]
    [InlineData("http://+:8088")]
    [InlineData("http://[::]:8088")]
    public void A_wildcard_address_does_not_allow_any_host(string urls)
    {
        var hosts = new HttpOptions { Urls = urls }.Hosts;
        Assert.Contains("localhost", hosts);
        Assert.All(hosts, h => Assert.DoesNotContain(h, (string[])["*", "+", "0.0.0.0", "[::]", "any", ""]));
    }

    [Fact]
    public void Configured_hosts_replace_the_default()
    {
        Assert.Equal(["hnm", "example.org"], new HttpOptions { AllowedHosts = "hnm; example.org" }.Hosts);
        Assert.Single(new HttpOptions { AllowedHosts = " ; " }.Validate(null!));
    }
}
