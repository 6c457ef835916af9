using HnmStreams.Data.Examples;
using HnmStreams.Data.Wire.Envelopes;

namespace HnmStreams.Data.Tests.Wire.Envelopes;

public sealed class DebeziumEnvelopeTests
{
    private const string Row = """{"id":1001,"is_fraud":1,"amount":12.5,"country":"DE"}""";

    private static readonly EnvelopeDecoder Decoder = MappedRecords.Decoder(
        static f => (f.Id, f.Class, f.Features) = ("$.after.id", "$.after.is_fraud", ["$.after"]), EnvelopeKind.Debezium);

    [Theory]
    [InlineData("c")]
    [InlineData("u")]
    [InlineData("r")]
    public void A_change_is_the_row_after_it(string op)
    {
        var e = Decoder.Decode($$"""{"before":null,"after":{{Row}},"source":{"ts_ms":1763892000000,"db":"shop"},"op":"{{op}}","ts_ms":1763892001000}""").Example!;
        Assert.Equal(("1001", new Target.ClassIndex(1)), (e.Id, e.Target));
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(1763892000000), e.EventTime);
        Assert.Equal([new Feature("amount", 12.5, null), new Feature("country", 0, "DE")], ((ExampleInput.Features)e.Input).Items);
    }

    [Fact]
    public void A_delete_and_its_tombstone_delete_the_same_id()
    {
        var deleted = ExampleKey.Of("1001");
        Assert.Equal(deleted, Decoder.Decode($$"""{"before":{{Row}},"after":null,"op":"d"}""").Deleted);
        Assert.Equal(deleted, Decoder.Decode(null, """{"id":1001}""").Deleted);
        Assert.Equal(deleted, Decoder.Decode(null, """{"schema":{"type":"struct"},"payload":{"id":1001}}""").Deleted);
        // Without the row before, the key holds the id.
        Assert.Equal(deleted, Decoder.Decode("""{"before":null,"after":null,"op":"d"}""", """{"id":1001}""").Deleted);
        Assert.Equal(RejectionReasons.MissingId, Decoder.Decode("""{"before":null,"after":null,"op":"d"}""").Reason);
    }

    [Fact]
    public void The_schema_of_the_wrapper_defines_decimals_and_times()
    {
        var decoder = MappedRecords.Decoder(
            static f => (f.Id, f.Label, f.Features, f.EventTime) = ("$.after.id", "$.after.label", ["$.after"], "$.after.at"), EnvelopeKind.Debezium);
        const string Schema = """
            {"type":"struct","fields":[{"field":"after","type":"struct","fields":[
                {"field":"id","type":"int32"},
                {"field":"amount","type":"bytes","name":"org.apache.kafka.connect.data.Decimal","parameters":{"scale":"2","connect.decimal.precision":"10"}},
                {"field":"rate","type":"struct","name":"io.debezium.data.VariableScaleDecimal","fields":[{"field":"scale","type":"int32"},{"field":"value","type":"bytes"}]},
                {"field":"at","type":"int64","name":"io.debezium.time.MicroTimestamp"},
                {"field":"day","type":"int32","name":"io.debezium.time.Date"}]},
                {"field":"op","type":"string"}]}
            """;
        var e = decoder.Decode($$$"""{"schema":{{{Schema}}},"payload":{"after":{"id":1,"label":"x","amount":"BNI=","rate":{"scale":1,"value":"DA=="},"at":1763892000000001,"day":20780},"op":"c"}}""").Example!;
        Assert.Equal([new Feature("amount", 12.34, null), new Feature("rate", 1.2, null), new Feature("day", 20780, null)], ((ExampleInput.Features)e.Input).Items);
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(1763892000000).AddTicks(10), e.EventTime);
    }

    [Fact]
    public void Without_schemas_the_settings_define_decimals_and_times()
    {
        var decoder = MappedRecords.Decoder(
            static f =>
            {
                (f.Id, f.Label, f.Features, f.EventTime, f.TimeUnit) = ("$.after.id", "$.after.label", ["$.after"], "$.after.at", Data.Options.TimeUnit.Us);
                f.NumericFeatures = ["text_decimal"];
                f.Decimals["amount"] = "2";
            },
            EnvelopeKind.Debezium);
        var e = decoder.Decode("""{"after":{"id":1,"label":"x","amount":"BNI=","text_decimal":"12.50","at":1763892000000001},"op":"c"}""").Example!;
        Assert.Equal([new Feature("amount", 12.34, null), new Feature("text_decimal", 12.5, null)], ((ExampleInput.Features)e.Input).Items);
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(1763892000000).AddTicks(10), e.EventTime);
    }

    [Fact]
    public void Without_paths_the_row_has_the_names_of_the_contract()
    {
        var e = MappedRecords.Decoder(envelope: EnvelopeKind.Debezium).Decode("""{"after":{"id":"a","label":"spam","text":"hello"},"op":"c","ts_ms":5000}""").Example!;
        Assert.Equal(("a", DateTimeOffset.UnixEpoch.AddSeconds(5)), (e.Id, e.EventTime));
    }

    [Theory]
    [InlineData("""{"id":1}""", "$.op is missing. If the connector writes rows without the envelope")]
    [InlineData("[1]", "$.op is missing because the value is a list of 1 numbers")]
    [InlineData("""{"op":1}""", "$.op is a number")]
    [InlineData("""{"op":"t"}""", "truncates a table")]
    [InlineData("""{"op":"m"}""", "must have $.op c, u, r or d but it is 'm'")]
    [InlineData("""{"op":"c"}""", "row in $.after, an object, but it is missing")]
    [InlineData("""{"op":"u","after":null}""", "but it is null")]
    public void Rejects_other_events(string json, string detail)
    {
        var result = Decoder.Decode(json, "k");
        Assert.Equal(RejectionReasons.Malformed, result.Reason);
        Assert.Contains(detail, result.Detail, StringComparison.Ordinal);
    }
}
