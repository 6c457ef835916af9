using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Cluster;
using Akka.Configuration;
using HnmStreams.Pipeline.Cluster.Remoting;

namespace HnmStreams.Pipeline.Tests.Cluster.Remoting;

/// <summary>Tests that Akka.Cluster needs none of the serializers that are refused.</summary>
public sealed class ClusterFormationTests : IDisposable
{
    private const string Host = "127.0.0.1";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(100);
    private readonly TestAuthority _authority = new();

    public void Dispose() => _authority.Dispose();

    [Fact(Timeout = 180_000)]
    public async Task Nodes_with_certificates_form_a_cluster_and_leave_it()
    {
        using var settings = RemotingSettings.Create(new NodeAddress(Host, Host, 0), _authority.Issue(Host), TimeProvider.System);
        var first = Start(settings);
        var second = Start(settings);
        try
        {
            var (a, b) = (Akka.Cluster.Cluster.Get(first), Akka.Cluster.Cluster.Get(second));
            a.Join(a.SelfAddress);
            b.Join(a.SelfAddress);
            await UntilAsync(() => Up(a) == 2 && Up(b) == 2);
            b.Leave(b.SelfAddress);
            await UntilAsync(() => b.IsTerminated && a.State.Members.Count == 1);
        }
        finally
        {
            await second.Terminate();
            await first.Terminate();
        }
    }

    private static int Up(Akka.Cluster.Cluster cluster) => cluster.State.Members.Count(m => m.Status == MemberStatus.Up);

    private static ActorSystem Start(RemotingSettings settings)
    {
        var configuration = ConfigurationFactory.ParseString("akka { actor.provider = cluster, stdout-loglevel = OFF, loggers = [], coordinated-shutdown.run-by-clr-shutdown-hook = off }");
        return ActorSystem.Create("hnm", settings.AddTo(ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(configuration.WithFallback(settings.Configuration)))));
    }

    private static async Task UntilAsync(Func<bool> reached)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!reached())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < Limit, "The members did not change in time.");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}
