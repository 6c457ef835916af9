using HnmStreams.Pipeline.Cluster.Remoting;

namespace HnmStreams.Pipeline.Tests.Cluster.Remoting;

/// <summary>Tests of connections between nodes over real sockets. The start of a node with a bad certificate is refused, so such nodes are built around the check.</summary>
public sealed class MutualTlsTests : IDisposable
{
    private const string Host = "127.0.0.1";
    private readonly TestAuthority _authority = new();

    public void Dispose() => _authority.Dispose();

    [Fact(Timeout = 120_000)]
    public async Task Nodes_of_one_authority_exchange_messages()
    {
        await using var a = RemoteNode.Start(_authority.Issue(Host));
        await using var b = RemoteNode.Start(_authority.Issue(Host));
        Assert.Equal("ssl.tcp", a.Address.Protocol["akka.".Length..]);
        Assert.Equal("pong", await a.PingAsync(b));
        Assert.Equal("pong", await b.PingAsync(a));
        a.TargetOf(b).Tell(new string('x', 100_000));
        await b.UntilReceivedAsync(new string('x', 100_000));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_node_of_another_authority_is_refused_in_both_directions()
    {
        using var other = new TestAuthority("another authority");
        await using var node = RemoteNode.Start(_authority.Issue(Host));
        await using var foreign = RemoteNode.Start(other.Issue(Host));
        await RemoteNode.UntilAnyWarnedAsync([node, foreign], "authority', and not by an authority", foreign.TargetOf(node));
        await RemoteNode.UntilAnyWarnedAsync([node, foreign], "authority', and not by an authority", node.TargetOf(foreign));
        Assert.Empty(node.Received);
        Assert.Empty(foreign.Received);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_client_of_another_authority_is_refused_even_if_it_trusts_this_node()
    {
        using var other = new TestAuthority("another authority");
        var careless = other.Issue(Host);
        File.AppendAllText(careless.AuthorityFile!, "\n" + await File.ReadAllTextAsync(_authority.AuthorityFile, TestContext.Current.CancellationToken));
        await using var node = RemoteNode.Start(_authority.Issue(Host));
        await using var foreign = RemoteNode.Start(careless);
        await RemoteNode.UntilWarnedAsync(node, "its certificate is signed by 'CN=another authority', and not by an authority", foreign.TargetOf(node));
        Assert.Empty(node.Received);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_node_whose_certificate_has_expired_is_refused()
    {
        await using var node = RemoteNode.Start(_authority.Issue(Host));
        await using var old = RemoteNode.Start(Settings(_authority.Issue(Host, from: -30, to: -1), clockDays: -2));
        await RemoteNode.UntilWarnedAsync(node, "is not valid now", old.TargetOf(node));
        // Another node is called: Akka.NET ends an actor system that a server has refused, if it hears of that during the handshake.
        await using var called = RemoteNode.Start(Settings(_authority.Issue(Host, from: -30, to: -1), clockDays: -2));
        await using var caller = RemoteNode.Start(_authority.Issue(Host));
        await RemoteNode.UntilWarnedAsync(caller, "is not valid now", caller.TargetOf(called));
        Assert.Empty(node.Received);
        Assert.Empty(called.Received);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_node_with_a_certificate_for_another_host_is_refused()
    {
        await using var node = RemoteNode.Start(_authority.Issue(Host));
        await using var other = RemoteNode.Start(_authority.Issue("other.example"), advertised: "other.example");
        await RemoteNode.UntilWarnedAsync(node, "its certificate is valid for other.example only, and not for the host name that was connected to", node.TargetOf(other, Host));
        Assert.Empty(other.Received);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_node_that_connects_needs_one_of_the_allowed_names()
    {
        var allowed = _authority.Issue(Host);
        allowed.PeerNames = ["*.hnm"];
        await using var node = RemoteNode.Start(allowed);
        await using var friend = RemoteNode.Start(_authority.Issue("score-1.hnm"), advertised: "score-1.hnm");
        await using var stranger = RemoteNode.Start(_authority.Issue("other.example"), advertised: "other.example");
        await RemoteNode.UntilWarnedAsync(node, "its certificate is valid for other.example only, and 'cluster.security.peerNames' allows none of them", stranger.TargetOf(node));
        friend.TargetOf(node).Tell("from the friend");
        await node.UntilReceivedAsync("from the friend");
        Assert.Equal(["from the friend"], node.Received);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_node_without_TLS_is_refused()
    {
        await using var node = RemoteNode.Start(_authority.Issue(Host));
        await using var plain = RemoteNode.StartWithDefaults();
        await RemoteNode.UntilWarnedAsync(plain, "127.0.0.1", plain.System.ActorSelection($"akka.tcp://hnm@127.0.0.1:{node.Address.Port}/user/target"));
        Assert.Empty(node.Received);
    }

    private static RemotingSettings Settings(ClusterSecurityOptions options, int clockDays) =>
        RemotingSettings.Create(new NodeAddress(Host, Host, 0), options, new ShiftedClock(TimeSpan.FromDays(clockDays)));

    private sealed class ShiftedClock(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + by;
    }
}
