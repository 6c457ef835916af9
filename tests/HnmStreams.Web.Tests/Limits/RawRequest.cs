using System.Net.Sockets;
using System.Text;

namespace HnmStreams.Web.Tests.Limits;

/// <summary>A raw HTTP request, for requests that an HTTP client library does not send.</summary>
internal sealed class RawRequest : IDisposable
{
    private readonly TcpClient _client = new();

    private RawRequest()
    {
    }

    public static async Task<RawRequest> SendAsync(Uri address, string text)
    {
        var request = new RawRequest();
        await request._client.ConnectAsync(address.Host, address.Port, TestContext.Current.CancellationToken);
        await request._client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(text), TestContext.Current.CancellationToken);
        return request;
    }

    /// <summary>Returns the part of the answer that arrives first, including the status line.</summary>
    public async Task<string> AnswerAsync()
    {
        var buffer = new byte[64 * 1024];
        var read = await _client.GetStream().ReadAsync(buffer, TestContext.Current.CancellationToken);
        return Encoding.UTF8.GetString(buffer, 0, read);
    }

    public void Dispose() => _client.Dispose();
}
