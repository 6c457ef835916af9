using System.Net;
using System.Net.Sockets;
using HnmStreams.Chaos.Networks;

namespace HnmStreams.EndToEnd.Tests.Chaos;

/// <summary>Tests of the network between namespaces in which the cluster chaos splits connections.</summary>
public sealed class TestNetworkTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory(Timeout = 120_000)]
    [InlineData(nameof(SplitDirection.Both))]
    [InlineData(nameof(SplitDirection.FromFirst))]
    [InlineData(nameof(SplitDirection.FromSecond))]
    public async Task A_split_delays_what_is_sent_until_its_end(string direction)
    {
        ClusterChaosTests.SkipWithoutNamespaces();
        using var network = new TestNetwork(["a", "b"], LinkConditions.Ideal, seed: 1);
        var (near, far) = await ConnectAsync(network["a"], network["b"]);
        using (near)
        using (far)
        {
            await SendAsync(near, far, 1);
            var before = network.Dropped;
            network.Cut(network["a"], network["b"], Enum.Parse<SplitDirection>(direction));
            await near.SendAsync(new byte[] { 2 }, Stop);
            await UntilAsync(() => network.Dropped > before);
            network.Restore(network["a"], network["b"]);
            Assert.Equal(2, await ReceiveAsync(far));
            await SendAsync(far, near, 3);
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task Delayed_lost_and_reordered_packets_arrive_in_the_order_of_their_connection()
    {
        ClusterChaosTests.SkipWithoutNamespaces();
        using var network = new TestNetwork(["a", "b"], new LinkConditions(TimeSpan.FromMilliseconds(2), Loss: 0.05, Reorder: 0.2), seed: 1);
        var (near, far) = await ConnectAsync(network["a"], network["b"]);
        using (near)
        using (far)
        {
            var sent = new byte[200_000];
            for (var i = 0; i < sent.Length; i++)
                sent[i] = (byte)(i * 31 / 7);
            var sending = near.SendAsync(sent, Stop).AsTask();
            var received = new byte[sent.Length];
            for (var at = 0; at < received.Length;)
                at += await far.ReceiveAsync(received.AsMemory(at), Stop).AsTask().WaitAsync(Limit, Stop);
            await sending;
            Assert.Equal(sent, received);
            Assert.True(network.Dropped > 0);
        }
    }

    [Fact]
    public void Namespaces_are_removed_at_the_end()
    {
        ClusterChaosTests.SkipWithoutNamespaces();
        using (new TestNetwork(["removed-a", "removed-b"], LinkConditions.Ideal, seed: 1))
            Assert.Equal(2, Namespaces().Length);
        Assert.Empty(Namespaces());

        static string[] Namespaces() => Directory.GetFiles("/run/netns", $"hnm-chaos-{Environment.ProcessId}-*-removed-?");
    }

    [Theory]
    [InlineData(0, 0, 0, null)]
    [InlineData(50, 0.01, 0.05, null)]
    [InlineData(0, 0, 0.05, "--reorder needs --delay")]
    [InlineData(-1, 0, 0, "--delay must be")]
    [InlineData(0, 1, 0, "--loss must be")]
    [InlineData(0, double.NaN, 0, "--loss must be")]
    [InlineData(1, 0, 1.01, "--reorder must be")]
    public void Impossible_conditions_are_refused(int milliseconds, double loss, double reorder, string? reason)
    {
        var refused = new LinkConditions(TimeSpan.FromMilliseconds(milliseconds), loss, reorder).ReasonToRefuse();
        if (reason is null)
            Assert.Null(refused);
        else
            Assert.StartsWith(reason, refused, StringComparison.Ordinal);
    }

    private static async Task<(Socket Near, Socket Far)> ConnectAsync(Machine near, Machine far)
    {
        using var listener = far.Run(NewSocket);
        listener.Bind(new IPEndPoint(IPAddress.Parse(far.Address), 0));
        listener.Listen();
        var outgoing = near.Run(NewSocket);
        var accepting = listener.AcceptAsync(Stop).AsTask();
        await outgoing.ConnectAsync(listener.LocalEndPoint!, Stop).AsTask().WaitAsync(Limit, Stop);
        return (outgoing, await accepting.WaitAsync(Limit, Stop));
    }

    private static Socket NewSocket() => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    private static async Task SendAsync(Socket from, Socket to, byte value)
    {
        await from.SendAsync(new[] { value }, Stop);
        Assert.Equal(value, await ReceiveAsync(to));
    }

    private static async Task<byte> ReceiveAsync(Socket socket)
    {
        var value = new byte[1];
        Assert.Equal(1, await socket.ReceiveAsync(value, Stop).AsTask().WaitAsync(Limit, Stop));
        return value[0];
    }

    private static async Task UntilAsync(Func<bool> reached)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!reached())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < Limit, "not reached");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Stop);
        }
    }
}
