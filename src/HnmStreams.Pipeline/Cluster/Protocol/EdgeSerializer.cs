using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;
using Akka.Streams;
using HnmStreams.Data.Records;
using HnmStreams.Mining.Persistence;
using HnmStreams.Pipeline.Checkpointing.Crashes;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Flow.Sharing;

namespace HnmStreams.Pipeline.Cluster.Protocol;

/// <summary>
/// The serializer of <see cref="EdgeMessage"/>. Its manifests are fixed letters, so that no type is named by the sender. A message whose bytes have changed
/// has a manifest per version.
/// </summary>
/// <remarks>Thread-safe. To add a message: a letter, a line in each of the three methods, and a higher <see cref="EdgeProtocol.Version"/>.</remarks>
internal sealed class EdgeSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    /// <summary>The configuration that an actor system needs for messages and stream references, without the addresses.</summary>
    public static Config Configuration { get; } = ConfigurationFactory.ParseString($$"""
        akka.actor {
          serializers.hnm-edge = "{{typeof(EdgeSerializer).AssemblyQualifiedName}}"
          serialization-bindings { "{{typeof(EdgeMessage).AssemblyQualifiedName}}" = hnm-edge }
          serialization-identifiers { "{{typeof(EdgeSerializer).AssemblyQualifiedName}}" = 7301 }
        }
        # A batch waits in each direction for as long as these hold it, and its scores age.
        akka.stream.materializer.stream-ref.buffer-capacity = 8
        """).WithFallback(ActorMaterializer.DefaultConfig());

    private const int MinPositionBytes = 16;
    private const int MinSpanBytes = 24;
    private const int MinPoisonRecordBytes = 24;

    public override int Identifier => 7301;

    public override string Manifest(object o) => o switch
    {
        EdgeMessage.Hello => "H",
        EdgeMessage.Welcome { Protocol: 1 } => "W",
        EdgeMessage.Welcome => "W2",
        EdgeMessage.Refused => "F",
        EdgeMessage.Admitted { Served: null } => "A",
        EdgeMessage.Admitted => "A2",
        EdgeMessage.Rewind => "R",
        EdgeMessage.Alive => "L",
        EdgeMessage.Leave => "E",
        EdgeMessage.Entering => "I",
        EdgeMessage.Returned => "O",
        EdgeMessage.Noted => "N",
        _ => throw new ArgumentException($"{o.GetType()} is not a message between score nodes and the learner.", nameof(o)),
    };

    public override byte[] ToBinary(object obj)
    {
        var writer = new StateWriter();
        switch (obj)
        {
            case EdgeMessage.Hello hello:
                writer.WriteInt32(hello.Protocol);
                writer.WriteString(hello.Shape);
                writer.WriteString(hello.Node);
                if (hello.Protocol > 1)
                    writer.WriteInt32(hello.OffsetsInWork);
                break;
            case EdgeMessage.Welcome welcome:
                Write(writer, welcome);
                break;
            case EdgeMessage.Refused refused:
                writer.WriteString(refused.Reason);
                break;
            case EdgeMessage.Admitted admitted:
                Write(writer, admitted);
                if (admitted.Served is { } served)
                    writer.WriteInt64(served);
                break;
            case EdgeMessage.Rewind rewind:
                writer.WriteInt64(rewind.Session);
                writer.WriteString(rewind.Reason);
                break;
            case EdgeMessage.Alive alive:
                writer.WriteArray<long>([alive.Session, alive.Scored, alive.BytesRead, alive.BytesSent, alive.Lag, alive.Version]);
                writer.WriteDouble(alive.Seconds);
                writer.WriteArray<int>([.. alive.Partitions]);
                break;
            case EdgeMessage.Leave leave:
                writer.WriteInt64(leave.Session);
                break;
            case EdgeMessage.Entering entering:
                writer.WriteInt64(entering.Session);
                WriteAll(writer, entering.Offsets, Write);
                break;
            case EdgeMessage.Returned returned:
                writer.WriteInt64(returned.Session);
                break;
            case EdgeMessage.Noted noted:
                writer.WriteInt64(noted.Session);
                break;
            default:
                throw new ArgumentException($"{obj.GetType()} is not a message between score nodes and the learner.", nameof(obj));
        }

        return writer.Written.ToArray();
    }

    /// <exception cref="InvalidDataException">The bytes are not such a message.</exception>
    public override object FromBinary(byte[] bytes, string manifest)
    {
        var reader = new StateReader(bytes);
        return manifest switch
        {
            "H" => ReadHello(reader),
            "W" => ReadWelcome(reader, protocol: 1),
            "W2" => ReadWelcome(reader, protocol: 2),
            "F" => new EdgeMessage.Refused(reader.ReadString()),
            "A" => ReadAdmitted(reader),
            "A2" => ReadAdmitted(reader) with { Served = reader.ReadInt64() },
            "R" => new EdgeMessage.Rewind(reader.ReadInt64(), reader.ReadString()),
            "L" => ReadAlive(reader),
            "E" => new EdgeMessage.Leave(reader.ReadInt64()),
            "I" => new EdgeMessage.Entering(reader.ReadInt64(), ReadAll(reader, MinSpanBytes, ReadSpan)),
            "O" => new EdgeMessage.Returned(reader.ReadInt64()),
            "N" => new EdgeMessage.Noted(reader.ReadInt64()),
            _ => throw new InvalidDataException($"'{manifest}' is not the manifest of a message between score nodes and the learner."),
        };
    }

    // A greeting says its version, so that a learner of an earlier one can refuse it.
    private static EdgeMessage.Hello ReadHello(StateReader reader)
    {
        var hello = new EdgeMessage.Hello(reader.ReadInt32(), reader.ReadString(), reader.ReadString());
        return hello.Protocol > 1 ? hello with { OffsetsInWork = reader.ReadInt32() } : hello;
    }

    private void Write(StateWriter writer, EdgeMessage.Welcome welcome)
    {
        writer.WriteInt64(welcome.Epoch);
        writer.WriteInt64(welcome.Session);
        writer.WriteUInt64(welcome.Seed);
        WriteAll(writer, welcome.Positions, Write);
        welcome.Batcher.Save(writer);
        var serializer = (SerializerWithStringManifest)system.Serialization.FindSerializerFor(welcome.Batches);
        writer.WriteInt32(serializer.Identifier);
        writer.WriteString(serializer.Manifest(welcome.Batches));
        writer.WriteArray<byte>(serializer.ToBinary(welcome.Batches));
        writer.WriteString(welcome.WeightsUrl);
        Write(writer, welcome.State);
        if (welcome.Protocol == 1)
            return;
        WriteAll(writer, welcome.Suspects, Write);
        WriteAll(writer, welcome.PoisonRecords, Write);
    }

    private EdgeMessage.Welcome ReadWelcome(StateReader reader, int protocol)
    {
        var (epoch, session, seed, positions, batcher) = (reader.ReadInt64(), reader.ReadInt64(), reader.ReadUInt64(), ReadAll(reader, MinPositionBytes, ReadPosition), BatcherState.Read(reader));
        var (serializer, manifest, batches) = (reader.ReadInt32(), reader.ReadString(), reader.ReadArray<byte>());
        var welcome = new EdgeMessage.Welcome(epoch, session, seed, positions, batcher, system.Serialization.Deserialize(batches, serializer, manifest), reader.ReadString(), ReadAdmitted(reader)) { Protocol = protocol };
        return protocol == 1 ? welcome : welcome with { Suspects = ReadAll(reader, MinSpanBytes, ReadSpan), PoisonRecords = ReadAll(reader, MinPoisonRecordBytes, ReadPoisonRecord) };
    }

    private static void Write(StateWriter writer, EdgeMessage.Admitted admitted)
    {
        writer.WriteInt64(admitted.Epoch);
        WriteAll(writer, admitted.Positions, Write);
        WriteAll(writer, admitted.Durable, Write);
        writer.WriteInt64(admitted.Version);
        var bounds = admitted.Bounds;
        writer.WriteSingle(bounds.Hardness);
        writer.WriteArray<ulong>([bounds.Positives, bounds.Negatives, bounds.NewPositives, bounds.HeldOut]);
        writer.WriteDouble(bounds.ScoredShare);
        writer.WriteBoolean(bounds.ScoresEveryPositive);
    }

    private static EdgeMessage.Admitted ReadAdmitted(StateReader reader)
    {
        var (epoch, positions, durable, version) = (reader.ReadInt64(), ReadAll(reader, MinPositionBytes, ReadPosition), ReadAll(reader, MinPositionBytes, ReadPosition), reader.ReadInt64());
        var hardness = reader.ReadSingle();
        return reader.ReadArray<ulong>() is [var positives, var negatives, var newPositives, var heldOut]
            ? new EdgeMessage.Admitted(epoch, positions, durable, version, new KeepBounds(hardness, positives, negatives, newPositives, heldOut, reader.ReadDouble(), reader.ReadBoolean()))
            : throw reader.Invalid("bounds of another number");
    }

    private static EdgeMessage.Alive ReadAlive(StateReader reader) =>
        reader.ReadArray<long>() is [var session, var scored, var read, var sent, var lag, var version]
            ? new EdgeMessage.Alive(session, [], scored, reader.ReadDouble(), read, sent, lag, version) { Partitions = reader.ReadArray<int>() }
            : throw reader.Invalid("figures of another number");

    private static void WriteAll<T>(StateWriter writer, IReadOnlyList<T> items, Action<StateWriter, T> write)
    {
        writer.WriteInt32(items.Count);
        foreach (var item in items)
            write(writer, item);
    }

    private static List<T> ReadAll<T>(StateReader reader, int minBytes, Func<StateReader, T> read)
    {
        var items = new List<T>();
        for (var left = reader.ReadCount(minBytes); left > 0; left--)
            items.Add(read(reader));
        return items;
    }

    private static void Write(StateWriter writer, StreamPosition position)
    {
        writer.WriteString(position.Topic);
        writer.WriteInt32(position.Partition);
        writer.WriteInt64(position.NextOffset);
    }

    private static StreamPosition ReadPosition(StateReader reader) => new(reader.ReadString(), reader.ReadInt32(), reader.ReadInt64());

    private static void Write(StateWriter writer, OffsetSpan span)
    {
        writer.WriteString(span.Topic);
        writer.WriteInt32(span.Partition);
        writer.WriteInt64(span.First);
        writer.WriteInt64(span.Last);
    }

    private static OffsetSpan ReadSpan(StateReader reader) => new(reader.ReadString(), reader.ReadInt32(), reader.ReadInt64(), reader.ReadInt64());

    private static void Write(StateWriter writer, PoisonRecord record)
    {
        writer.WriteInt32((int)record.Work);
        writer.WriteString(record.Topic);
        writer.WriteInt32(record.Partition);
        writer.WriteInt64(record.Offset);
        writer.WriteInt32(record.Crashes);
    }

    private static PoisonRecord ReadPoisonRecord(StateReader reader)
    {
        var work = reader.ReadInt32();
        return work is >= byte.MinValue and <= byte.MaxValue && Enum.IsDefined((NativeWork)work)
            ? new PoisonRecord((NativeWork)work, reader.ReadString(), reader.ReadInt32(), reader.ReadInt64(), reader.ReadInt32())
            : throw reader.Invalid($"the work {work}");
    }
}
