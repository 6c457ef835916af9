using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using HnmStreams.Pipeline.Cluster.Remoting;
using Microsoft.Extensions.Logging.Abstractions;

namespace HnmStreams.Pipeline.Tests.Cluster.Remoting;

public sealed class NodeTlsTests : IDisposable
{
    private const string Host = "127.0.0.1";
    private readonly TestAuthority _authority = new();

    public void Dispose() => _authority.Dispose();

    [Fact(Timeout = 60_000)]
    public async Task Nodes_of_one_authority_connect()
    {
        using var server = Load(_authority.Issue(Host));
        using var client = Load(_authority.Issue(Host));
        Assert.Equal((true, true), await ConnectAsync(server, client.ClientOptions(NullLogger.Instance)));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_client_without_a_certificate_or_of_another_authority_is_refused()
    {
        using var other = new TestAuthority("another authority");
        using var server = Load(_authority.Issue(Host));
        using var foreign = Load(other.Issue(Host));
#pragma warning disable CA5359 // The client of an attacker connects to anything.
        var trusting = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, _, _, _) => true };
#pragma warning restore CA5359
        Assert.False((await ConnectAsync(server, trusting)).Server);
        trusting.ClientCertificates = [foreign.Own];
        Assert.False((await ConnectAsync(server, trusting)).Server);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_server_of_another_authority_or_for_another_host_is_refused()
    {
        using var other = new TestAuthority("another authority");
        using var client = Load(_authority.Issue(Host));
        using var foreign = Load(other.Issue(Host));
        Assert.False((await ConnectAsync(foreign, client.ClientOptions(NullLogger.Instance))).Client);
        using var elsewhere = Load(_authority.Issue("other.example"), "other.example");
        Assert.False((await ConnectAsync(elsewhere, client.ClientOptions(NullLogger.Instance))).Client);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_server_or_client_whose_certificate_has_expired_since_its_start_is_refused()
    {
        using var valid = Load(_authority.Issue(Host));
        using var expired = NodeCertificates.Load(_authority.Issue(Host, from: -30, to: -1), Host, new PastClock());
        Assert.False((await ConnectAsync(expired, valid.ClientOptions(NullLogger.Instance))).Client);
        Assert.False((await ConnectAsync(valid, expired.ClientOptions(NullLogger.Instance))).Server);
    }

    private static NodeCertificates Load(ClusterSecurityOptions options, string host = Host) => NodeCertificates.Load(options, host, TimeProvider.System);

    /// <summary>Connects over a socket and returns which sides accepted the other.</summary>
    private static async Task<(bool Server, bool Client)> ConnectAsync(NodeCertificates certificates, SslClientAuthenticationOptions client)
    {
        var stop = TestContext.Current.CancellationToken;
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var outgoing = new TcpClient();
        var accepting = listener.AcceptTcpClientAsync(stop).AsTask();
        await outgoing.ConnectAsync((IPEndPoint)listener.LocalEndpoint, stop);
        using var incoming = await accepting;
        client.TargetHost = Host;
        await using var near = new SslStream(outgoing.GetStream());
        await using var far = new SslStream(incoming.GetStream());
        var results = await Task.WhenAll(
            AcceptsAsync(() => far.AuthenticateAsServerAsync(certificates.ServerOptions(NullLogger.Instance), stop), incoming),
            AcceptsAsync(() => near.AuthenticateAsClientAsync(client, stop), outgoing));
        return (results[0], results[1]);
    }

    private static async Task<bool> AcceptsAsync(Func<Task> authenticate, TcpClient connection)
    {
        try
        {
            await authenticate();
            return true;
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            connection.Close();
            return false;
        }
    }

    private sealed class PastClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() - TimeSpan.FromDays(2);
    }
}
