using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace HnmStreams.Chaos.Attack;

/// <summary>The attacks of a reader and of a foreign web site, over loopback. Each returns a description of the service's answers.</summary>
internal sealed class HttpAttacks(Uri pages)
{
    private static readonly TimeSpan Hold = TimeSpan.FromSeconds(3);

    /// <summary>Sends large bodies of <c>POST /api/score</c> that never end.</summary>
    public async Task<string> SlowBodiesAsync(int connections, CancellationToken cancellation)
    {
        var body = new byte[4 << 20];
        body.AsSpan().Fill((byte)'[');
        var head = Head("POST /api/score", $"Content-Type: application/json\r\nContent-Length: {8 << 20}\r\n");
        var answers = await ManyAsync(connections, async stream =>
        {
            await stream.WriteAsync(head, cancellation);
            await stream.WriteAsync(body, cancellation);
        }, cancellation);
        return answers.GetValueOrDefault("429") > 0 ? Describe(answers) : throw new AttackSucceededException($"no request was refused: {Describe(answers)}");
    }

    /// <summary>Sends bodies of many small values, which become large syntax trees.</summary>
    public async Task<string> SyntaxTreesAsync(int requests, CancellationToken cancellation)
    {
        var body = Encoding.ASCII.GetBytes("[" + string.Concat(Enumerable.Repeat("[],", 2_000_000)) + "[]]");
        var head = Head("POST /api/score", $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\n");
        return Describe(await ManyAsync(requests, async stream =>
        {
            await stream.WriteAsync(head, cancellation);
            await stream.WriteAsync(body, cancellation);
        }, cancellation));
    }

    /// <summary>Downloads the model without reading the answer.</summary>
    public async Task<string> SlowReadersAsync(int connections, CancellationToken cancellation) =>
        Describe(await ManyAsync(connections, stream => stream.WriteAsync(Head("GET /api/models/promoted", ""), cancellation).AsTask(), cancellation));

    /// <summary>Sends requests with foreign and empty hosts.</summary>
    public async Task<string> HostsAsync(CancellationToken cancellation)
    {
        string[] hosts = ["evil.example", "evil.example:8088", "", "127.0.0.1.evil.example", "localhost@evil.example", "[::1].evil.example"];
        foreach (var host in hosts)
        {
            var answer = await AnswerAsync(Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n"), cancellation);
            if (!answer.StartsWith("HTTP/1.1 400", StringComparison.Ordinal) || answer.Contains("   at ", StringComparison.Ordinal))
                throw new AttackSucceededException($"Host '{host}' was answered with {FirstLine(answer)}");
        }

        return $"{hosts.Length} hosts refused";
    }

    /// <summary>Opens circuits of the page: from foreign origins, and more than allowed from the service's origin.</summary>
    public async Task<string> CircuitsAsync(int connections, CancellationToken cancellation)
    {
        foreach (var origin in (string[])["http://evil.example", "null", $"http://127.0.0.1:{pages.Port + 1}"])
        {
            var answer = await AnswerAsync(WebSocket(origin), cancellation);
            if (!answer.StartsWith("HTTP/1.1 403", StringComparison.Ordinal))
                throw new AttackSucceededException($"Origin {origin} was answered with {FirstLine(answer)}");
        }

        var sameOrigin = await ManyAsync(connections, stream => stream.WriteAsync(WebSocket(pages.GetLeftPart(UriPartial.Authority)), cancellation).AsTask(), cancellation);
        return sameOrigin.GetValueOrDefault("503") > 0 ? $"foreign origins refused; same origin: {Describe(sameOrigin)}" : throw new AttackSucceededException($"circuits are not limited: {Describe(sameOrigin)}");
    }

    /// <summary>Opens connections that send nothing.</summary>
    public async Task<string> IdleConnectionsAsync(int connections, CancellationToken cancellation) =>
        Describe(await ManyAsync(connections, _ => Task.CompletedTask, cancellation));

    // The answers by status; "open" counts connections that were neither answered nor closed in time.
    private async Task<IReadOnlyDictionary<string, int>> ManyAsync(int connections, Func<NetworkStream, Task> send, CancellationToken cancellation)
    {
        var answers = await Task.WhenAll(Enumerable.Repeat(send, connections).Select(start => Task.Run(
            async () =>
            {
                using var client = new TcpClient();
                try
                {
                    await client.ConnectAsync(IPAddress.Loopback, pages.Port, cancellation);
                    var sending = start(client.GetStream());
                    var buffer = new byte[64];
                    var read = await client.GetStream().ReadAsync(buffer, cancellation).AsTask().WaitAsync(Hold, TimeProvider.System, cancellation);
                    _ = sending.ContinueWith(t => t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
                    return read == 0 ? "closed" : Encoding.ASCII.GetString(buffer, 0, read).Split(' ')[1];
                }
                catch (TimeoutException)
                {
                    return "open";
                }
                catch (Exception e) when (e is IOException or SocketException)
                {
                    return "closed";
                }
            },
            cancellation)));
        return answers.CountBy(a => a).ToDictionary(StringComparer.Ordinal);
    }

    private async Task<string> AnswerAsync(byte[] request, CancellationToken cancellation)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, pages.Port, cancellation);
        await client.GetStream().WriteAsync(request, cancellation);
        var buffer = new byte[16 * 1024];
        var read = await client.GetStream().ReadAsync(buffer, cancellation).AsTask().WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System, cancellation);
        return Encoding.ASCII.GetString(buffer, 0, read);
    }

    private byte[] Head(string request, string headers) =>
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{request} HTTP/1.1\r\nHost: 127.0.0.1:{pages.Port}\r\n{headers}\r\n"));

    private byte[] WebSocket(string origin) =>
        Head("GET /_blazor", $"Origin: {origin}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n");

    private static string FirstLine(string answer) => answer.Split("\r\n")[0];

    private static string Describe(IReadOnlyDictionary<string, int> answers) => string.Join(", ", answers.OrderBy(a => a.Key, StringComparer.Ordinal).Select(a => $"{a.Value} x {a.Key}"));
}
