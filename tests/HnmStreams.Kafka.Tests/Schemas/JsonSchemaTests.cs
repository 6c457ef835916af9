using Confluent.Kafka;
using Confluent.SchemaRegistry;
using Confluent.SchemaRegistry.Serdes;
using HnmStreams.Data.Examples;
using HnmStreams.Testing.Registries;

namespace HnmStreams.Kafka.Tests.Schemas;

public sealed class JsonSchemaTests : IDisposable
{
    private const string Order = """{"type":"object","properties":{"id":{"type":"integer"},"late":{"type":"boolean"},"days":{"type":"number"}},"required":["id","late"]}""";

    private readonly SchemaRegistryServer _registry = new();

    public void Dispose() => _registry.Dispose();

    [Fact(Timeout = 30_000)]
    public async Task Reads_what_the_serializer_of_the_registry_writes()
    {
        using var client = new CachedSchemaRegistryClient(new SchemaRegistryConfig { Url = _registry.Url });
        var serializer = new JsonSerializer<OrderRecord>(client);
        var value = await serializer.SerializeAsync(new OrderRecord { Id = 5, Late = true, Days = 2.5 }, new SerializationContext(MessageComponentType.Value, "t"));
        using var decoder = RegistryRecords.Decoder(_registry, static o => (o.Fields.Id, o.Fields.Class, o.Fields.Features) = ("$.Id", "$.Late", ["$"]));

        var result = await decoder.DecodeAsync(value);

        Assert.Null(result.Detail);
        Assert.Equal(("5", new Target.ClassIndex(1)), (result.Example!.Id, result.Example.Target));
        Assert.Equal([new Feature("Days", 2.5, null)], ((ExampleInput.Features)result.Example.Input).Items);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("""{"id":"x","late":true,"days":1}""", true, "does not match the schema 1: IntegerExpected at #/id")]
    [InlineData("""{"id":"x","late":true,"days":1}""", false, null)]
    [InlineData("""{"id":1,"days":1}""", true, "PropertyRequired at #/late")]
    [InlineData("""{"id":1,"late":true,"days":2}""", true, null)]
    [InlineData("""{"id":1""", true, "")]
    public async Task Rejects_what_does_not_match_the_schema_if_configured(string json, bool validates, string? detail)
    {
        var id = _registry.Register("o", "JSON", Order);
        using var decoder = RegistryRecords.Decoder(_registry, o =>
        {
            o.SchemaRegistry.ValidateJson = validates;
            (o.Fields.Id, o.Fields.Class, o.Fields.Features) = ("$.id", "$.late", ["$"]);
        });

        var result = await decoder.DecodeAsync(RegistryRecords.Frame(id, json));

        Assert.Equal(detail is null ? null : RejectionReasons.Malformed, result.Reason);
        Assert.Contains(detail ?? "", result.Detail ?? "", StringComparison.Ordinal);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("""{"id":1,"late":true,"days":77777777777777777777777777777}""")]
    [InlineData("77777777777777777777777777777")]
    [InlineData("""{"id":77777777777777777777777777777,"late":true}""")]
    public async Task Rejects_what_the_validator_cannot_read(string json)
    {
        var id = _registry.Register("o", "JSON", Order);
        using var decoder = RegistryRecords.Decoder(_registry, static o => (o.Fields.Id, o.Fields.Class, o.Fields.Features) = ("$.id", "$.late", ["$"]));
        var result = await decoder.DecodeAsync(RegistryRecords.Frame(id, json));
        Assert.Equal(RejectionReasons.Malformed, result.Reason);
        Assert.NotEmpty(result.Detail!);
    }

    [Fact(Timeout = 30_000)]
    public async Task References_come_from_the_registry_and_never_from_files_or_urls()
    {
        var secret = Path.GetTempFileName();
        await File.WriteAllTextAsync(secret, """{"type":"integer"}""", TestContext.Current.CancellationToken);
        try
        {
            _registry.Register("late", "JSON", """{"type":"boolean"}""");
            var known = _registry.Register("a", "JSON", """{"type":"object","properties":{"late":{"$ref":"late.json"}}}""", ("late.json", "late", 1));
            var file = _registry.Register("b", "JSON", $$"""{"type":"object","properties":{"late":{"$ref":"{{secret}}"} } }""");
            var url = _registry.Register("c", "JSON", $$"""{"type":"object","properties":{"late":{"$ref":"{{_registry.Url}}/schemas/ids/1"} } }""");
            using var decoder = RegistryRecords.Decoder(_registry, static o => (o.Fields.Class, o.Fields.Features) = ("$.late", ["$.x"]));
            Assert.NotNull((await decoder.DecodeAsync(RegistryRecords.Frame(known, """{"late":true,"x":{"a":1}}"""), "k"u8.ToArray())).Example);
            Assert.Equal(RejectionReasons.Malformed, (await decoder.DecodeAsync(RegistryRecords.Frame(known, """{"late":1,"x":{"a":1}}"""), "k"u8.ToArray())).Reason);
            foreach (var id in new[] { file, url })
            {
                var result = await decoder.DecodeAsync(RegistryRecords.Frame(id, """{"late":true,"x":{"a":1}}"""), "k"u8.ToArray());
                Assert.Equal("unknown-schema", result.Reason);
                Assert.Contains("not among the references", result.Detail, StringComparison.Ordinal);
            }
        }
        finally
        {
            File.Delete(secret);
        }
    }

    private sealed class OrderRecord
    {
        public int Id { get; set; }

        public bool Late { get; set; }

        public double Days { get; set; }
    }
}
