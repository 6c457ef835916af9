using System.Text;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Testing;
using HnmStreams.Testing.Registries;

namespace HnmStreams.Kafka.Tests.Schemas;

[Trait("Category", "Fuzz")]
public sealed class RegistryFuzzTests
{
    private static readonly ulong Seed = Mutation.Seed(20261130);

    private static readonly int Records = Mutation.Inputs(10_000);

    // The allowance per record beyond a multiple of its size: the values of a record are bounded by its limits.
    private const int AllocationAllowance = 8 << 20;

    private const string Avro = """
        {"type":"record","name":"R","fields":[
          {"name":"id","type":"string"},{"name":"label","type":["null","string","long"]},
          {"name":"features","type":{"type":"map","values":["null","double","string",{"type":"array","items":"float"}]}},
          {"name":"eventTime","type":{"type":"long","logicalType":"timestamp-micros"}},
          {"name":"amount","type":{"type":"bytes","logicalType":"decimal","precision":20,"scale":2}},
          {"name":"next","type":["null","R"]}]}
        """;

    private const string Protobuf = """
        syntax = "proto3";
        message R { string id = 1; oneof target { string label = 2; int64 class = 3; } map<string, double> features = 4; repeated sint64 xs = 5; R next = 6; }
        """;

    [Theory(Timeout = 3_600_000)]
    [InlineData("AVRO")]
    [InlineData("PROTOBUF")]
    [InlineData("JSON")]
    public async Task Mutated_payloads_give_a_reason_an_example_or_a_deletion(string type)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {Seed}");
        using var registry = new SchemaRegistryServer();
        var (schema, payloads) = type switch
        {
            "AVRO" => (Avro, (byte[][])[AvroRecord(3), AvroRecord(0)]),
            "PROTOBUF" => (Protobuf, [Convert.FromHexString("000A0161120162220C0A0178110000000000C05E402A0302040632050A0162180A")]),
            _ => ("""{"type":"object","required":["id"]}""", [Encoding.UTF8.GetBytes("""{"id":"a","label":1,"features":{"x":1.5,"y":"z"}}""")]),
        };
        var id = registry.Register("s", type, schema);
        using var decoder = RegistryRecords.Decoder(registry);
        // The schema of all ids that a mutation can leave alone.
        var prepared = RegistryRecords.Chunk(RegistryRecords.Frame(id, payloads[0]));
        await decoder.PrepareAsync(prepared, TestContext.Current.CancellationToken);
        var first = decoder.Decode(prepared, prepared.Records[0]);
        Assert.Null(first.Detail);
        var mutation = new Mutation(Seed);
        LabelText.Canonical("e\u0301");
        var (rejected, accepted) = (0, 0);
        for (var i = 0; i < Records; i++)
        {
            var value = RegistryRecords.Frame(id, mutation.Apply(payloads[mutation.Below(payloads.Length)]));
            using var chunk = new RecordChunk(1, value.Length) { Prepared = prepared.Prepared };
            var record = new RawRecord("t", 0, 0, 0, chunk.Store("k"u8), chunk.Store(value), WireFormat.Unknown, 0, default);
            var before = GC.GetAllocatedBytesForCurrentThread();
            var result = decoder.Decode(chunk, record);
            Check(GC.GetAllocatedBytesForCurrentThread() - before < AllocationAllowance, value);
            Check((result.Example is null ? 0 : 1) + (result.Deleted is null ? 0 : 1) + (result.Reason is null ? 0 : 1) == 1, value);
            Check(result.Reason is null == result.Detail is null, value);
            if (result.Reason is null)
                accepted++;
            else
                rejected++;
        }

        Assert.True(accepted > Records / 100 && rejected > Records / 20, $"{accepted} accepted, {rejected} rejected");
    }

    // One record with features, a label and a chain of further records.
    private static byte[] AvroRecord(int chain)
    {
        List<byte> bytes = [2, (byte)'a', 2, 2, (byte)'l', 2, 2, (byte)'x', 2, .. BitConverter.GetBytes(1.5), 0, 0x80, 0x80, 0x80, 1, 4, 4, 0xD2];
        return [.. bytes, .. chain == 0 ? [0] : (byte[])[2, .. AvroRecord(chain - 1)]];
    }

    // The record is formatted only on failure.
    private static void Check(bool holds, byte[] record)
    {
        if (!holds)
            Assert.Fail(Convert.ToHexString(record));
    }
}
