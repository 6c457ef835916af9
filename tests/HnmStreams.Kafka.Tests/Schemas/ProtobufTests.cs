using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Wire;
using HnmStreams.Testing.Registries;

namespace HnmStreams.Kafka.Tests.Schemas;

public sealed class ProtobufTests : IDisposable
{
    private const string Shop = """
        syntax = "proto3";
        package shop.v1;
        import "google/protobuf/timestamp.proto";
        import "google/protobuf/wrappers.proto";
        import "google/protobuf/struct.proto";

        message Other { string x = 1; }

        message Shop {
          message Order {
            string id = 1;
            Fraud fraud = 2;
            double amount = 3;
            sint32 delta = 4;
            optional string note = 5;
            repeated float scores = 6;
            map<string, double> extra = 7;
            google.protobuf.Timestamp at = 8;
            google.protobuf.DoubleValue rate = 9;
            google.protobuf.Struct more = 10;
            oneof kind { string a = 11; int64 b = 12; }
            uint64 count = 13;
            fixed32 flags = 14;
            bool member = 15;
          }
          enum Fraud { NO = 0; YES = 1; }
        }
        """;

    private readonly SchemaRegistryServer _registry = new();

    public void Dispose() => _registry.Dispose();

    [Fact(Timeout = 30_000)]
    public async Task Reads_the_message_type_that_the_indexes_name()
    {
        var id = _registry.Register("s", "PROTOBUF", Shop);
        using var decoder = RegistryRecords.Decoder(_registry, static o =>
        {
            (o.Fields.Id, o.Fields.Label, o.Fields.Features, o.Fields.EventTime) = ("$.id", "$.fraud", ["$", "$.extra", "$.more"], "$.at");
            o.Fields.ExcludedFeatures = ["scores", "extra", "more"];
        });
        var message = Message(static output =>
        {
            output.WriteTag(1, WireFormat.WireType.LengthDelimited);
            output.WriteString("o-1");
            output.WriteTag(2, WireFormat.WireType.Varint);
            output.WriteEnum(1);
            output.WriteTag(3, WireFormat.WireType.Fixed64);
            output.WriteDouble(12.5);
            output.WriteTag(4, WireFormat.WireType.Varint);
            output.WriteSInt32(-3);
            output.WriteTag(7, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(ByteString.CopyFrom(0x0A, 1, (byte)'k', 0x11, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F));
            output.WriteTag(8, WireFormat.WireType.LengthDelimited);
            output.WriteMessage(new Timestamp { Seconds = 100, Nanos = 5000 });
            output.WriteTag(9, WireFormat.WireType.LengthDelimited);
            output.WriteMessage(new DoubleValue { Value = 0.25 });
            output.WriteTag(10, WireFormat.WireType.LengthDelimited);
            output.WriteMessage(new Struct { Fields = { ["s"] = Value.ForString("v"), ["n"] = Value.ForNumber(4), ["none"] = Value.ForNull() } });
            output.WriteTag(11, WireFormat.WireType.LengthDelimited);
            output.WriteString("first");
            output.WriteTag(12, WireFormat.WireType.Varint);
            output.WriteInt64(9);
            output.WriteTag(13, WireFormat.WireType.Varint);
            output.WriteUInt64(ulong.MaxValue);
            output.WriteTag(99, WireFormat.WireType.Varint);
            output.WriteInt64(1);
        });

        // Two indexes: the message 1 of the file, and 0 inside it.
        var result = await decoder.DecodeAsync(RegistryRecords.Frame(id, [4, 2, 0, .. message]));

        Assert.Null(result.Detail);
        var e = result.Example!;
        Assert.Equal(("o-1", new Target.Label("YES")), (e.Id, e.Target));
        Assert.Equal(DateTimeOffset.UnixEpoch.AddSeconds(100).AddTicks(50), e.EventTime);
        Assert.Equal(
            [
                new Feature("amount", 12.5, null), new Feature("b", 9, null), new Feature("count", ulong.MaxValue, null), new Feature("delta", -3, null),
                new Feature("flags", 0, null), new Feature("k", 1, null), new Feature("member", 0, "false"), new Feature("n", 4, null), new Feature("rate", 0.25, null), new Feature("s", 0, "v"),
            ],
            ((ExampleInput.Features)e.Input).Items.OrderBy(static f => f.Name, StringComparer.Ordinal));
    }

    [Fact(Timeout = 30_000)]
    public async Task Packed_and_single_numbers_make_one_list()
    {
        var id = _registry.Register("s", "PROTOBUF", """syntax = "proto3"; message T { repeated float x = 1; int32 c = 2; }""");
        using var decoder = RegistryRecords.Decoder(_registry, static o => (o.Fields.Class, o.Fields.Tensor) = ("$.c", "$.x"));
        var message = Message(static output =>
        {
            output.WriteTag(1, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(ByteString.CopyFrom([.. BitConverter.GetBytes(1f), .. BitConverter.GetBytes(2f)]));
            output.WriteTag(1, WireFormat.WireType.Fixed32);
            output.WriteFloat(3);
        });
        var e = (await decoder.DecodeAsync(RegistryRecords.Frame(id, [0, .. message]), "k"u8.ToArray())).Example!;
        // A number that is not in the message is 0 in proto3.
        Assert.Equal(new Target.ClassIndex(0), e.Target);
        Assert.Equal([3], ((ExampleInput.Dense)e.Input).Shape);
    }

    [Fact(Timeout = 30_000)]
    public async Task The_contract_itself_needs_no_paths()
    {
        var contract = await File.ReadAllTextAsync(Path.Combine(Root(), "src/HnmStreams.Data/Wire/example.proto"), TestContext.Current.CancellationToken);
        var id = _registry.Register("c", "PROTOBUF", contract);
        using var decoder = RegistryRecords.Decoder(_registry);
        var native = new ExampleDecoder(new WireLimits());
        Example[] examples =
        [
            new("a", new Target.ClassIndex(3), new ExampleInput.Features([new Feature("x", 1.5, null), new Feature("y", 0, "red")]), DateTimeOffset.UnixEpoch.AddDays(2), 2),
            new("b", new Target.Identity("q") { Others = ["r"] }, new ExampleInput.Text("text")),
            new("c", new Target.Label("cat"), new ExampleInput.Dense(ElementType.UInt8, [2, 2], new byte[] { 1, 2, 3, 4 })),
            new("d", new Target.Boxes([new LabeledBox(1, 2, 3, 4, "cell", true)]), new ExampleInput.EncodedImage(new byte[] { 0xFF, 0xD8, 0xFF, 1 })),
            new("e", new Target.Boxes([]), new ExampleInput.EncodedImage(new byte[] { 0xFF, 0xD8, 0xFF, 1 })),
        ];
        foreach (var example in examples)
        {
            var message = ExampleEncoder.ToProtobuf(example);
            var result = await decoder.DecodeAsync(RegistryRecords.Frame(id, [0, .. message]));
            Assert.Null(result.Detail);
            var expected = native.Decode(message, Data.Records.WireFormat.Protobuf, default).Example!;
            Assert.Equal((expected.Id, expected.EventTime, expected.Weight), (result.Example!.Id, result.Example.EventTime, result.Example.Weight));
            Assert.Equal(ExampleEncoder.ToProtobuf(expected), ExampleEncoder.ToProtobuf(result.Example));
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task A_schema_may_import_other_schemas()
    {
        _registry.Register("geo", "PROTOBUF", """syntax = "proto3"; package shop; message Geo { string country = 1; }""");
        var id = _registry.Register("o", "PROTOBUF", """syntax = "proto3"; package shop; import "shop/geo.proto"; message Order { Geo geo = 1; bool late = 2; }""", ("shop/geo.proto", "geo", 1));
        using var decoder = RegistryRecords.Decoder(_registry, static o => (o.Fields.Class, o.Fields.Features) = ("$.late", ["$.geo"]));
        var e = (await decoder.DecodeAsync(RegistryRecords.Frame(id, 0, 0x0A, 4, 0x0A, 2, (byte)'D', (byte)'E', 0x10, 1), "k"u8.ToArray())).Example!;
        Assert.Equal([new Feature("country", 0, "DE")], ((ExampleInput.Features)e.Input).Items);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_decimal_of_confluent_is_a_number()
    {
        _registry.Register("decimal", "PROTOBUF", """syntax = "proto3"; package confluent.type; message Decimal { bytes value = 1; int32 scale = 3; }""");
        var id = _registry.Register(
            "o", "PROTOBUF", """syntax = "proto3"; import "confluent/type/decimal.proto"; message Order { confluent.type.Decimal amount = 1; bool late = 2; }""", ("confluent/type/decimal.proto", "decimal", 1));
        using var decoder = RegistryRecords.Decoder(_registry, static o => (o.Fields.Class, o.Fields.Features) = ("$.late", ["$"]));
        var e = (await decoder.DecodeAsync(RegistryRecords.Frame(id, 0, 0x0A, 6, 0x0A, 2, 0x04, 0xD2, 0x18, 2, 0x10, 1), "k"u8.ToArray())).Example!;
        Assert.Equal([new Feature("amount", 12.34, null)], ((ExampleInput.Features)e.Input).Items);
        Assert.Equal(RejectionReasons.Malformed, (await decoder.DecodeAsync(RegistryRecords.Frame(id, 0, 0x0A, 2, 0x18, 2), "k"u8.ToArray())).Reason);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("", "ends inside the message indexes")]
    [InlineData("020A", "has 2 message types but the record names number 5")]
    [InlineData("04020A", "has 1 message types in shop.v1.Shop but the record names number 5")]
    [InlineData("80808001", "0 to 32 message indexes")]
    [InlineData("01", "0 to 32 message indexes")]
    [InlineData("040200FF", "shop.v1.Shop.Order is truncated or not valid protobuf")]
    [InlineData("0402000A05", "shop.v1.Shop.Order is truncated")]
    [InlineData("04020032050000", "is truncated")]
    public async Task Rejects_what_does_not_match_the_schema(string hex, string detail)
    {
        var id = _registry.Register("s", "PROTOBUF", Shop);
        using var decoder = RegistryRecords.Decoder(_registry, static o => (o.Fields.Id, o.Fields.Label, o.Fields.Features) = ("$.id", "$.fraud", ["$"]));
        var result = await decoder.DecodeAsync(RegistryRecords.Frame(id, Convert.FromHexString(hex)));
        Assert.Equal(RejectionReasons.Malformed, result.Reason);
        Assert.Contains(detail, result.Detail, StringComparison.Ordinal);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("message {", "cannot be parsed: schema.proto, line 1")]
    [InlineData("""syntax = "proto3"; import "missing.proto"; message T { int32 x = 1; }""", "missing.proto")]
    [InlineData("""syntax = "proto3"; message T { Missing x = 1; }""", "Missing")]
    public async Task An_invalid_schema_rejects_its_records(string schema, string detail)
    {
        var id = _registry.Register("s", "PROTOBUF", schema);
        using var decoder = RegistryRecords.Decoder(_registry);
        var result = await decoder.DecodeAsync(RegistryRecords.Frame(id, 0), "k"u8.ToArray());
        Assert.Equal("unknown-schema", result.Reason);
        Assert.Contains(detail, result.Detail, StringComparison.Ordinal);
    }

    private static byte[] Message(Action<CodedOutputStream> write)
    {
        using var bytes = new MemoryStream();
        using (var output = new CodedOutputStream(bytes, leaveOpen: true))
            write(output);
        return bytes.ToArray();
    }

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "HnmStreams.sln")))
            folder = Path.GetDirectoryName(folder)!;
        return folder;
    }
}
