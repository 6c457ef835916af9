using Akka.Actor;
using Akka.Serialization;
using Akka.Streams;
using Akka.Streams.Dsl;
using HnmStreams.Data.Records;
using HnmStreams.Mining.Randomness;
using HnmStreams.Pipeline.Cluster.Protocol;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Flow.Sharing;
using HnmStreams.Pipeline.Tests.Nodes;

namespace HnmStreams.Pipeline.Tests.Cluster;

/// <summary>Tests of the messages between score nodes and the learner.</summary>
public sealed class EdgeSerializerTests : IAsyncLifetime
{
    private readonly ActorSystem _system = EdgeCluster.CreateSystem();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync() => await _system.Terminate();

    [Fact(Timeout = 60_000)]
    public async Task Every_message_is_the_same_after_a_round_trip()
    {
        var batches = await StreamRefs.SinkRef<byte[]>().To(Sink.Ignore<byte[]>()).Run(_system.Materializer());
        var bounds = new KeepBounds(0.5f, 1, 2, 3, ulong.MaxValue, 0.25, true);
        var state = new EdgeMessage.Admitted(7, [new StreamPosition("t", 3, 12)], [], 99, bounds);
        EdgeMessage[] messages =
        [
            new EdgeMessage.Hello(1, "images/00", "node-1"),
            new EdgeMessage.Refused("another version"),
            state,
            new EdgeMessage.Rewind(5, "a gap"),
            new EdgeMessage.Alive(5, [1, 2], 10, 1.5, 20, 30, 40, 50),
            new EdgeMessage.Leave(5),
            new EdgeMessage.Welcome(7, 5, 42, [new StreamPosition("t", 0, 1)], new BatcherState(3, new Xoshiro256StarStar(1).Save()) { Partials = [new PartialRecord(new Origin("t", 0, 1), 4)] }, batches, "http://127.0.0.1:1/", state),
        ];
        foreach (var message in messages)
        {
            var serializer = Assert.IsType<EdgeSerializer>(_system.Serialization.FindSerializerFor(message));
            var bytes = serializer.ToBinary(message);
            var read = Serialization.WithTransport((ExtendedActorSystem)_system, (serializer, bytes, message), static s => s.serializer.FromBinary(s.bytes, s.serializer.Manifest(s.message)));
            Assert.Equal(bytes, serializer.ToBinary(read));
            Assert.True(bytes.Length < 4_096, $"{message.GetType().Name} has {bytes.Length} bytes");
        }
    }

    [Fact]
    public void An_unknown_manifest_and_truncated_bytes_are_refused()
    {
        var serializer = (EdgeSerializer)_system.Serialization.FindSerializerFor(new EdgeMessage.Leave(1));
        Assert.Throws<InvalidDataException>(() => serializer.FromBinary([], "System.Diagnostics.Process"));
        var bytes = serializer.ToBinary(new EdgeMessage.Hello(1, "shape", "node"));
        for (var length = 0; length < bytes.Length; length++)
            Assert.Throws<InvalidDataException>(() => serializer.FromBinary(bytes[..length], "H"));
    }
}
