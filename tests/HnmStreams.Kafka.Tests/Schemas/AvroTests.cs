using Avro;
using Avro.Generic;
using Confluent.Kafka;
using Confluent.SchemaRegistry;
using Confluent.SchemaRegistry.Serdes;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Wire.Envelopes;
using HnmStreams.Testing.Registries;
using Schema = Avro.Schema;

namespace HnmStreams.Kafka.Tests.Schemas;

/// <summary>Tests of records that Confluent's own Avro serializer writes.</summary>
public sealed class AvroTests : IDisposable
{
    private const string Transaction = """
        {"type":"record","name":"Transaction","namespace":"shop","fields":[
          {"name":"id","type":"long"},
          {"name":"fraud","type":{"type":"enum","name":"Fraud","symbols":["no","yes"]}},
          {"name":"amount","type":{"type":"bytes","logicalType":"decimal","precision":10,"scale":2}},
          {"name":"country","type":["null","string"],"default":null},
          {"name":"note","type":["null","string"],"default":null},
          {"name":"rate","type":"float"},
          {"name":"at","type":{"type":"long","logicalType":"timestamp-micros"}}]}
        """;

    private readonly SchemaRegistryServer _registry = new();

    public void Dispose() => _registry.Dispose();

    [Fact(Timeout = 30_000)]
    public async Task Maps_a_record_with_logical_types()
    {
        var schema = (RecordSchema)Schema.Parse(Transaction);
        var record = new GenericRecord(schema);
        record.Add("id", 42L);
        record.Add("fraud", new GenericEnum((EnumSchema)schema["fraud"].Schema, "yes"));
        record.Add("amount", new AvroDecimal(12.34m));
        record.Add("country", "DE");
        record.Add("note", null);
        record.Add("rate", 0.5f);
        record.Add("at", new DateTime(2026, 11, 23, 10, 0, 0, DateTimeKind.Utc).AddTicks(10));
        using var decoder = RegistryRecords.Decoder(_registry, static o => (o.Fields.Id, o.Fields.Label, o.Fields.Features, o.Fields.EventTime) = ("$.id", "$.fraud", ["$"], "$.at"));

        var result = await decoder.DecodeAsync(await SerializeAsync(record));

        Assert.Null(result.Detail);
        var e = result.Example!;
        Assert.Equal(("42", new Target.Label("yes")), (e.Id, e.Target));
        Assert.Equal(new DateTimeOffset(2026, 11, 23, 10, 0, 0, TimeSpan.Zero).AddTicks(10), e.EventTime);
        Assert.Equal([new Feature("amount", 12.34, null), new Feature("country", 0, "DE"), new Feature("rate", 0.5, null)], ((ExampleInput.Features)e.Input).Items);
    }

    [Fact(Timeout = 30_000)]
    public async Task Reads_arrays_maps_fixed_and_nested_records()
    {
        const string Text = """
            {"type":"record","name":"R","fields":[
              {"name":"id","type":"string"},
              {"name":"groups","type":{"type":"array","items":"string"}},
              {"name":"input","type":{"type":"record","name":"I","fields":[{"name":"features","type":{"type":"map","values":["null","double","boolean","string"]}}]}},
              {"name":"hash","type":{"type":"fixed","name":"H","size":3}}]}
            """;
        var schema = (RecordSchema)Schema.Parse(Text);
        var input = new GenericRecord((RecordSchema)schema["input"].Schema);
        input.Add("features", new Dictionary<string, object?> { ["a"] = 1.5, ["b"] = true, ["c"] = "x", ["d"] = null });
        var record = new GenericRecord(schema);
        record.Add("id", "r");
        record.Add("groups", new[] { "q1", "q2" });
        record.Add("input", input);
        record.Add("hash", new GenericFixed((FixedSchema)schema["hash"].Schema, [1, 2, 3]));
        using var decoder = RegistryRecords.Decoder(_registry, static o => (o.Fields.Id, o.Fields.Identity, o.Fields.Features) = ("$.id", "$.groups", ["$.input.features"]));

        var e = (await decoder.DecodeAsync(await SerializeAsync(record))).Example!;

        Assert.Equal("Identity { Name = q1, q2 }", e.Target.ToString());
        Assert.Equal(
            [new Feature("a", 1.5, null), new Feature("b", 0, "true"), new Feature("c", 0, "x")],
            ((ExampleInput.Features)e.Input).Items.OrderBy(static f => f.Name, StringComparer.Ordinal));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_tensor_is_an_array_of_floats_or_bytes()
    {
        const string Text = """{"type":"record","name":"T","fields":[{"name":"c","type":"int"},{"name":"x","type":[{"type":"array","items":"float"},"bytes"]}]}""";
        var schema = (RecordSchema)Schema.Parse(Text);
        using var decoder = RegistryRecords.Decoder(_registry, static o => (o.Fields.Class, o.Fields.Tensor) = ("$.c", "$.x"));
        foreach (var x in new object[] { new[] { 1f, -2f }, new byte[] { 0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0 } })
        {
            var record = new GenericRecord(schema);
            record.Add("c", 1);
            record.Add("x", x is float[] floats ? floats.Cast<object>().ToArray() : x);
            var e = (await decoder.DecodeAsync(await SerializeAsync(record), "key"u8.ToArray())).Example!;
            var dense = Assert.IsType<ExampleInput.Dense>(e.Input);
            Assert.Equal([2], dense.Shape);
            Assert.Equal([.. BitConverter.GetBytes(1f), .. BitConverter.GetBytes(-2f)], dense.Data.ToArray());
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task A_change_event_of_debezium_is_opened_and_framed_keys_name_the_id()
    {
        const string Row = """{"type":"record","name":"Value","namespace":"shop","fields":[{"name":"id","type":"int"},{"name":"fraud","type":"int"},{"name":"amount","type":"double"},{"name":"at","type":{"type":"long","connect.version":1,"connect.name":"io.debezium.time.MicroTimestamp"}}]}""";
        var envelope = $$"""{"type":"record","name":"Envelope","namespace":"shop","fields":[{"name":"before","type":["null",{{Row}}]},{"name":"after","type":["null","shop.Value"]},{"name":"op","type":"string"}]}""";
        var schema = (RecordSchema)Schema.Parse(envelope);
        var rowSchema = (RecordSchema)((UnionSchema)schema["before"].Schema).Schemas[1];
        var keySchema = (RecordSchema)Schema.Parse("""{"type":"record","name":"Key","namespace":"shop","fields":[{"name":"id","type":"int"}]}""");
        var row = new GenericRecord(rowSchema);
        row.Add("id", 7);
        row.Add("fraud", 1);
        row.Add("amount", 3.5);
        row.Add("at", 1763892000000001L);
        var key = new GenericRecord(keySchema);
        key.Add("id", 7);
        using var decoder = RegistryRecords.Decoder(_registry, static o =>
        {
            o.Envelope = EnvelopeKind.Debezium;
            (o.Fields.Id, o.Fields.Class, o.Fields.Features, o.Fields.EventTime) = ("$.after.id", "$.after.fraud", ["$.after"], "$.after.at");
        });
        var framedKey = await SerializeAsync(key);

        var created = (await decoder.DecodeAsync(await SerializeAsync(Event(null, row, "c")), framedKey)).Example!;
        Assert.Equal(("7", new Target.ClassIndex(1)), (created.Id, created.Target));
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(1763892000000).AddTicks(10), created.EventTime);
        Assert.Equal(ExampleKey.Of("7"), (await decoder.DecodeAsync(await SerializeAsync(Event(row, null, "d")), framedKey)).Deleted);
        Assert.Equal(ExampleKey.Of("7"), (await decoder.DecodeAsync(null, framedKey)).Deleted);

        GenericRecord Event(GenericRecord? before, GenericRecord? after, string op)
        {
            var e = new GenericRecord(schema);
            e.Add("before", before);
            e.Add("after", after);
            e.Add("op", op);
            return e;
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task A_schema_may_refer_to_other_schemas()
    {
        _registry.Register("geo", "AVRO", """{"type":"record","name":"Geo","namespace":"shop","fields":[{"name":"country","type":"string"}]}""");
        var id = _registry.Register(
            "order", "AVRO", """{"type":"record","name":"Order","namespace":"shop","fields":[{"name":"c","type":"int"},{"name":"geo","type":"shop.Geo"}]}""", ("shop.Geo", "geo", 1));
        using var decoder = RegistryRecords.Decoder(_registry, static o => (o.Fields.Class, o.Fields.Features) = ("$.c", ["$.geo"]));

        var e = (await decoder.DecodeAsync(RegistryRecords.Frame(id, 2, 4, (byte)'D', (byte)'E'), "k"u8.ToArray())).Example!;

        Assert.Equal([new Feature("country", 0, "DE")], ((ExampleInput.Features)e.Input).Items);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("", "ends inside id (long)")]
    [InlineData("54", "ends inside fraud (shop.Fraud)")]
    [InlineData("5408", "has 2 symbols but the value names symbol 4")]
    [InlineData("540204", "ends inside amount")]
    [InlineData("540200", "decimal amount must have 1 to 64 bytes but has 0")]
    [InlineData("5402020504", "union country has 2 branches but the value names branch 2")]
    [InlineData("54020205000000008000000000", "ends 2 bytes before the record does")]
    [InlineData("FFFFFFFFFFFFFFFFFFFF01", "ends inside")]
    public async Task Rejects_what_does_not_match_the_schema(string hex, string detail)
    {
        var id = _registry.Register("t-value", "AVRO", Transaction);
        using var decoder = RegistryRecords.Decoder(_registry, static o => (o.Fields.Id, o.Fields.Label, o.Fields.Features) = ("$.id", "$.fraud", ["$"]));
        var result = await decoder.DecodeAsync(RegistryRecords.Frame(id, Convert.FromHexString(hex)));
        Assert.Equal(RejectionReasons.Malformed, result.Reason);
        Assert.Contains(detail, result.Detail, StringComparison.Ordinal);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("\"null\"")]
    [InlineData("{\"type\":\"record\",\"name\":\"E\",\"fields\":[]}")]
    [InlineData("\"double\"")]
    public async Task Rejects_a_count_of_elements_beyond_the_record(string items)
    {
        var id = _registry.Register("t-value", "AVRO", $$"""{"type":"array","items":{{items}}}""");
        using var decoder = RegistryRecords.Decoder(_registry);
        // 2^62 elements in ten bytes.
        var value = RegistryRecords.Frame(id, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01);
        await decoder.DecodeAsync(value, "k"u8.ToArray());
        var chunk = RegistryRecords.Chunk(value, "k"u8.ToArray());
        await decoder.PrepareAsync(chunk, TestContext.Current.CancellationToken);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var result = decoder.Decode(chunk, chunk.Records[0]);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8 << 20);
        Assert.Equal(items.Contains("double", StringComparison.Ordinal) ? RejectionReasons.Malformed : RejectionReasons.TooLarge, result.Reason);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_recursive_schema_is_read_to_a_bounded_depth()
    {
        var id = _registry.Register("t-value", "AVRO", """{"type":"record","name":"N","fields":[{"name":"next","type":["null","N"]}]}""");
        using var decoder = RegistryRecords.Decoder(_registry);
        Assert.Equal(RejectionReasons.TooLarge, (await decoder.DecodeAsync(RegistryRecords.Frame(id, [.. Enumerable.Repeat((byte)2, 1000), 0]), "k"u8.ToArray())).Reason);
        Assert.Equal(RejectionReasons.MissingTarget, (await decoder.DecodeAsync(RegistryRecords.Frame(id, 2, 2, 0), "k"u8.ToArray())).Reason);
    }

    private async Task<byte[]> SerializeAsync(GenericRecord record)
    {
        using var client = new CachedSchemaRegistryClient(new SchemaRegistryConfig { Url = _registry.Url });
        var serializer = new AvroSerializer<GenericRecord>(client);
        return await serializer.SerializeAsync(record, new SerializationContext(MessageComponentType.Value, "t"));
    }
}
