using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Event;
using HnmStreams.Pipeline.Cluster.Remoting;

namespace HnmStreams.Pipeline.Tests.Cluster.Remoting;

/// <summary>An actor system with remoting on a free port, an actor that records what it receives, and the warnings of its log.</summary>
internal sealed class RemoteNode : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly ConcurrentQueue<object> _received = [];
    private readonly ConcurrentQueue<string> _warnings = [];
    private readonly RemotingSettings? _settings;

    private RemoteNode(Config configuration, RemotingSettings? settings)
    {
        _settings = settings;
        var bootstrap = ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(Base.WithFallback(configuration)));
        System = ActorSystem.Create("hnm", settings?.AddTo(bootstrap) ?? bootstrap);
        System.EventStream.Subscribe(System.ActorOf(Props.Create(() => new Recorder(o => _warnings.Enqueue(o.ToString()!), null))), typeof(Warning));
        System.EventStream.Subscribe(System.ActorOf(Props.Create(() => new Recorder(o => _warnings.Enqueue(o.ToString()!), null))), typeof(Error));
        Target = System.ActorOf(Props.Create(() => new Recorder(_received.Enqueue, "pong")), "target");
    }

    public ActorSystem System { get; }

    public IActorRef Target { get; }

    public IEnumerable<object> Received => _received;

    public Address Address => ((ExtendedActorSystem)System).Provider.DefaultAddress;

    // Tests do not wait for the end of a system's streams, and only their own recorder hears the log.
    private static Config Base => ConfigurationFactory.ParseString("""
        akka { actor.provider = remote, loglevel = WARNING, stdout-loglevel = OFF, loggers = [], coordinated-shutdown.run-by-clr-shutdown-hook = off, remote.retry-gate-closed-for = 50ms }
        """);

    /// <summary>Starts a node with the settings of the product.</summary>
    public static RemoteNode Start(ClusterSecurityOptions? security = null, string advertised = "127.0.0.1")
    {
        var settings = RemotingSettings.Create(new NodeAddress("127.0.0.1", advertised, 0), security ?? new ClusterSecurityOptions(), TimeProvider.System);
        return Start(settings);
    }

    /// <summary>Starts a node with given settings, which it disposes.</summary>
    public static RemoteNode Start(RemotingSettings settings) => new(settings.Configuration, settings);

    /// <summary>Starts a node with Akka.NET's defaults and no TLS, as that of an attacker.</summary>
    public static RemoteNode StartWithDefaults() => new(ConfigurationFactory.ParseString("akka.remote.dot-netty.tcp { hostname = 127.0.0.1, port = 0 }"), null);

    /// <summary>Returns the target of another node, by the host name at which this node connects to it.</summary>
    public ActorSelection TargetOf(RemoteNode other, string? host = null) =>
        System.ActorSelection(new RootActorPath(host is null ? other.Address : new Address(other.Address.Protocol, other.Address.System, host, other.Address.Port)) / "user" / "target");

    public Task<string> PingAsync(RemoteNode other) => TargetOf(other).Ask<string>("ping", Limit, TestContext.Current.CancellationToken);

    public Task UntilReceivedAsync(object message) => UntilAsync(() => _received.Contains(message), () => string.Join(", ", _warnings));

    /// <summary>Sends a message again and again until a node warns. A connection that the other side closes first is not warned about.</summary>
    public static Task UntilWarnedAsync(RemoteNode node, string text, ActorSelection target) => UntilAnyWarnedAsync([node], text, target);

    /// <summary>Sends a message again and again until one of several nodes warns. If both sides refuse a connection, only the first one to close it may warn.</summary>
    public static Task UntilAnyWarnedAsync(IReadOnlyList<RemoteNode> nodes, string text, ActorSelection target) => UntilAsync(
        () =>
        {
            target.Tell("hello");
            return nodes.Any(node => node._warnings.Any(w => w.Contains(text, StringComparison.Ordinal)));
        },
        () => string.Join(", ", nodes.SelectMany(node => node._warnings)));

    public Task UntilWarnedAsync(string text) => UntilAsync(() => _warnings.Any(w => w.Contains(text, StringComparison.Ordinal)), () => string.Join(", ", _warnings));

    public async ValueTask DisposeAsync()
    {
        await System.Terminate();
        _settings?.Dispose();
    }

    private static async Task UntilAsync(Func<bool> reached, Func<string> state)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!reached())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < Limit, $"not reached: {state()}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    private sealed class Recorder : ReceiveActor
    {
        public Recorder(Action<object> record, string? answer) => ReceiveAny(message =>
        {
            record(message);
            if (answer is not null && message is "ping")
                Sender.Tell(answer);
        });
    }
}
