using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Serialization;
using Akka.Streams;
using Akka.Streams.Dsl;
using HnmStreams.Pipeline.Cluster;
using HnmStreams.Pipeline.Cluster.Remoting;

namespace HnmStreams.Benchmarks.Transport;

/// <summary>A stream reference between two actor systems, with the settings of a score node and its learner.</summary>
internal sealed class StreamRefTransport : IPartTransport
{
    private readonly ActorSystem _node;
    private readonly ActorSystem _learner;

    public StreamRefTransport(TimeProvider time) => (_node, _learner) = (Create(time), Create(time));

    public string Name => "stream reference";

    public async Task<long> SendAsync(byte[] part, int count, CancellationToken cancellation)
    {
        var (reference, received) = StreamRefs.SinkRef<byte[]>()
            .ToMaterialized(Sink.Aggregate<byte[], long>(0, static (sum, next) => sum + next.Length), Keep.Both)
            .Run(_learner.Materializer());
        var sink = Copy(await reference);
        Source.Repeat(part).Take(count).RunWith(sink.Sink, _node.Materializer());
        return await received.WaitAsync(cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await _node.Terminate();
        await _learner.Terminate();
    }

    // As a message to the node carries it.
    private ISinkRef<byte[]> Copy(ISinkRef<byte[]> reference)
    {
        var serializer = (SerializerWithStringManifest)_learner.Serialization.FindSerializerFor(reference);
        var bytes = Serialization.WithTransport((ExtendedActorSystem)_learner, (serializer, reference), static state => state.serializer.ToBinary(state.reference));
        return (ISinkRef<byte[]>)_node.Serialization.Deserialize(bytes, serializer.Identifier, serializer.Manifest(reference));
    }

    private static ActorSystem Create(TimeProvider time)
    {
        using var settings = RemotingSettings.Create(new NodeAddress("127.0.0.1", "127.0.0.1", 0), new ClusterSecurityOptions(), time);
        var configuration = ConfigurationFactory.ParseString("akka { actor.provider = remote, loglevel = ERROR, stdout-loglevel = OFF, coordinated-shutdown.run-by-clr-shutdown-hook = off }")
            .WithFallback(settings.Configuration)
            .WithFallback(ClusterConfiguration.Messages);
        return ActorSystem.Create("transport", settings.AddTo(ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(configuration))));
    }
}
