using System.Runtime.Serialization;
using Akka.Actor;

namespace HnmStreams.Pipeline.Tests.Cluster.Remoting;

/// <summary>Tests that a node creates no type that another node names. The other one uses Akka.NET's defaults, as an attacker would.</summary>
public sealed class SafeSerializersTests : IAsyncLifetime
{
    private readonly RemoteNode _node = RemoteNode.Start();
    private readonly RemoteNode _attacker = RemoteNode.StartWithDefaults();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _attacker.DisposeAsync();
        await _node.DisposeAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task An_object_as_JSON_is_refused_before_anything_is_created()
    {
        var payload = new Payload { Command = "run" };
        Assert.True(_attacker.System.Serialization.FindSerializerFor(payload).Identifier == 1);
        var created = Payload.Created;
        _attacker.TargetOf(_node).Tell(payload);
        await AfterAsync();
        Assert.Equal(created, Payload.Created);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_node_with_the_defaults_creates_the_same_object()
    {
        await using var careless = RemoteNode.StartWithDefaults();
        var payload = new Payload { Command = "run" };
        var created = Payload.Created;
        _attacker.TargetOf(careless).Tell(payload);
        _attacker.TargetOf(careless).Tell("after");
        await careless.UntilReceivedAsync("after");
        Assert.Equal(created + 1, Payload.Created);
    }

    [Fact(Timeout = 120_000)]
    public async Task An_object_is_not_sent()
    {
        _node.TargetOf(_attacker).Tell(new Payload { Command = "run" });
        _node.TargetOf(_attacker).Tell("after");
        await _attacker.UntilReceivedAsync("after");
        await _node.UntilWarnedAsync("has no serializer and is not sent to another node");
        Assert.Equal(["after"], _attacker.Received);
    }

    [Fact(Timeout = 120_000)]
    public async Task An_exception_is_refused()
    {
        var created = NamedException.Created;
        _attacker.TargetOf(_node).Tell(new Status.Failure(new NamedException()));
        await AfterAsync();
        Assert.Equal(created + 1, NamedException.Created);
    }

    [Fact(Timeout = 120_000)]
    public async Task An_actor_is_not_created_from_another_node()
    {
        var created = Spy.Created;
        _attacker.System.ActorOf(Props.Create<Spy>().WithDeploy(Deploy.None.WithScope(new RemoteScope(_node.Address))), "spy");
        await AfterAsync();
        await _node.UntilWarnedAsync("serializer");
        Assert.Equal(created, Spy.Created);
    }

    [Fact(Timeout = 120_000)]
    public async Task An_actor_is_not_stopped_from_another_node()
    {
        _attacker.TargetOf(_node).Tell(PoisonPill.Instance);
        _attacker.TargetOf(_node).Tell(Kill.Instance);
        await AfterAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task Identification_and_death_watch_work_between_nodes()
    {
        await using var other = RemoteNode.Start();
        var target = await other.TargetOf(_node).ResolveOne(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        var ended = new TaskCompletionSource();
        var ready = new TaskCompletionSource();
        other.System.ActorOf(Props.Create(() => new Watcher(target, ready, ended)));
        await ready.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        _node.System.Stop(_node.Target);
        await ended.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("Akka.Serialization.NewtonSoftJsonSerializer, Akka")]
    [InlineData("Akka.Remote.Serialization.ProtobufSerializer, Akka.Remote")]
    [InlineData("Akka.Remote.Serialization.DaemonMsgCreateSerializer, Akka.Remote")]
    public void Serializers_that_create_named_types_are_not_registered(string serializer)
    {
        var identifier = _attacker.System.Settings.Config.GetInt($"akka.actor.serialization-identifiers.\"{serializer}\"");
        Assert.InRange(identifier, 1, 40);
        var error = Assert.Throws<SerializationException>(() => _node.System.Serialization.Deserialize("{}"u8.ToArray(), identifier, typeof(Payload).AssemblyQualifiedName!));
        Assert.Contains($"Cannot find serializer with id [{identifier}]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_restricted_serializers_keep_the_numbers_of_the_originals()
    {
        foreach (var name in (string[])["akka-misc", "akka-system-msg"])
        {
            Assert.Equal(Identifier(_attacker.System, name), Identifier(_node.System, name));
        }

        static int Identifier(ActorSystem system, string name) => ((Akka.Serialization.Serializer)Activator.CreateInstance(Type.GetType(system.Settings.Config.GetString($"akka.actor.serializers.{name}"))!, (ExtendedActorSystem)system)!).Identifier;
    }

    // The messages of one sender arrive in their order, so the one before was refused when this one arrives.
    private async Task AfterAsync()
    {
        _attacker.TargetOf(_node).Tell("after");
        await _node.UntilReceivedAsync("after");
        Assert.Equal(["after"], _node.Received);
    }

    public sealed class Payload
    {
        private static int _created;

        public Payload() => Interlocked.Increment(ref _created);

        public static int Created => Volatile.Read(ref _created);

        public string Command { get; set; } = "";
    }

    public sealed class NamedException : Exception
    {
        private static int _created;

        public NamedException() => Interlocked.Increment(ref _created);

        public static int Created => Volatile.Read(ref _created);
    }

    public sealed class Spy : ReceiveActor
    {
        private static int _created;

        public Spy() => Interlocked.Increment(ref _created);

        public static int Created => Volatile.Read(ref _created);
    }

    private sealed class Watcher : ReceiveActor
    {
        public Watcher(IActorRef target, TaskCompletionSource ready, TaskCompletionSource ended)
        {
            Context.Watch(target);
            Receive<Terminated>(_ => ended.TrySetResult());
            target.Tell("ping");
            Receive<string>(_ => ready.TrySetResult());
        }
    }
}
