using Akka.Actor;
using Akka.Serialization;
using Akka.Streams;
using Akka.Streams.Dsl;
using HnmStreams.Data.Records;
using HnmStreams.Mining.Randomness;
using HnmStreams.Pipeline.Checkpointing.Crashes;
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
            new EdgeMessage.Hello(2, "images/00", "node-1") { OffsetsInWork = 4_096 },
            new EdgeMessage.Entering(5, [new OffsetSpan("t", 1, 7, 7)]),
            new EdgeMessage.Returned(5),
            new EdgeMessage.Noted(5),
            new EdgeMessage.Refused("another version"),
            state,
            new EdgeMessage.Rewind(5, "a gap"),
            new EdgeMessage.Alive(5, [1, 2], 10, 1.5, 20, 30, 40, 50),
            new EdgeMessage.Leave(5),
            new EdgeMessage.Welcome(7, 5, 42, [new StreamPosition("t", 0, 1)], new BatcherState(3, new Xoshiro256StarStar(1).Save()) { Partials = [new PartialRecord(new Origin("t", 0, 1), 4)] }, batches, "http://127.0.0.1:1/", state)
            {
                Suspects = [new OffsetSpan("t", 0, 1, 99)],
                PoisonRecords = [new PoisonRecord(NativeWork.Training, "t", 0, 5, 4)],
            },
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
    public void Messages_of_the_version_before_are_read_and_written_as_that_version_did()
    {
        // Bytes that version 1 has written.
        const string hello = "0100000009000000696d616765732f3030060000006e6f64652d31";
        const string welcome = "070000000000000005000000000000002a0000000000000001000000010000007400000000010000000000000003000000000000000c000000786f736869726f3235362a2a01000000c15c0289ec2d0a9167ec8e65a18debbe5e5532fbeea293f80bc942ee9086c17101000000010000007400000000010000000000000004000000110000002500000053797374656d2e537472696e672c2053797374656d2e507269766174652e436f72654c69620400000073696e6b13000000687474703a2f2f3132372e302e302e313a312f0700000000000000010000000100000074030000000c0000000000000001000000010000007403000000090000000000000063000000000000000000003f04000000010000000000000002000000000000000300000000000000ffffffffffffffff000000000000d03f01";
        Assert.Equal(2, EdgeProtocol.Version);
        var serializer = (EdgeSerializer)_system.Serialization.FindSerializerFor(new EdgeMessage.Leave(1));
        var greeting = Assert.IsType<EdgeMessage.Hello>(serializer.FromBinary(Convert.FromHexString(hello), "H"));
        Assert.Equal(new EdgeMessage.Hello(1, "images/00", "node-1"), greeting);
        Assert.Equal(hello, Convert.ToHexStringLower(serializer.ToBinary(greeting)));
        var answer = Assert.IsType<EdgeMessage.Welcome>(serializer.FromBinary(Convert.FromHexString(welcome), "W"));
        Assert.Equal((7L, 5L, 42UL, "sink", "http://127.0.0.1:1/", 99L), (answer.Epoch, answer.Session, answer.Seed, (string)answer.Batches, answer.WeightsUrl, answer.State.Version));
        Assert.Equal((1, 0, 0), (answer.Protocol, answer.Suspects.Count, answer.PoisonRecords.Count));
        Assert.Equal([new StreamPosition("t", 0, 1)], answer.Positions);
        Assert.Equal("W", serializer.Manifest(answer));
        Assert.Equal(welcome, Convert.ToHexStringLower(Serialization.WithTransport((ExtendedActorSystem)_system, (serializer, answer), static s => s.serializer.ToBinary(s.answer))));
        // What the present version does not send to a node of the version before.
        var later = answer with { Suspects = [new OffsetSpan("t", 0, 1, 99)] };
        Assert.Equal(welcome, Convert.ToHexStringLower(Serialization.WithTransport((ExtendedActorSystem)_system, (serializer, later), static s => s.serializer.ToBinary(s.later))));
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
