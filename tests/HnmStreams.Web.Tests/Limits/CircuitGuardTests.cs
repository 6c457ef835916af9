using System.Net;
using System.Net.WebSockets;
using HnmStreams.Testing.Learner;

namespace HnmStreams.Web.Tests.Limits;

public sealed class CircuitGuardTests
{
    [Theory(Timeout = 120_000)]
    [InlineData("http://evil.example")]
    [InlineData("http://127.0.0.1:1")]
    [InlineData("null")]
    public async Task A_foreign_origin_opens_no_circuit(string origin)
    {
        await using var pages = await RunningWebsite.StartAsync(RunStates.View(TimeProvider.System));
        var failure = await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync(pages, origin));
        Assert.Contains("403", failure.Message, StringComparison.Ordinal);
        using var negotiate = new HttpRequestMessage(HttpMethod.Post, "/_blazor/negotiate?negotiateVersion=1");
        negotiate.Headers.Add("Origin", origin);
        using var answer = await pages.Client.SendAsync(negotiate, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact(Timeout = 120_000)]
    public async Task The_servers_origin_opens_circuits_up_to_the_limit()
    {
        await using var pages = await RunningWebsite.StartAsync(RunStates.View(TimeProvider.System), configure: o => o.MaxCircuits = 2);
        var origin = pages.Client.BaseAddress!.GetLeftPart(UriPartial.Authority);
        using (await ConnectAsync(pages, origin))
        using (await ConnectAsync(pages, origin))
            await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync(pages, origin));
        while (true)
        {
            try
            {
                using var again = await ConnectAsync(pages, origin);
                return;
            }
            catch (WebSocketException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
            }
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task Other_transports_open_no_circuit()
    {
        await using var pages = await RunningWebsite.StartAsync(RunStates.View(TimeProvider.System));
        using var answer = await pages.Client.GetAsync("/_blazor", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    private static async Task<ClientWebSocket> ConnectAsync(RunningWebsite pages, string origin)
    {
        var socket = new ClientWebSocket();
        try
        {
            socket.Options.SetRequestHeader("Origin", origin);
            await socket.ConnectAsync(new UriBuilder(pages.Client.BaseAddress!) { Scheme = "ws", Path = "/_blazor" }.Uri, TestContext.Current.CancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
