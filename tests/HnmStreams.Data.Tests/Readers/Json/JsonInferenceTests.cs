using HnmStreams.Data.Examples;
using HnmStreams.Data.Options;
using HnmStreams.Data.Readers;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire;

namespace HnmStreams.Data.Tests.Readers.Json;

public sealed class JsonInferenceTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("""{"label":1,"said":"hi"}""", """{"label":0,"said":"you","score":2}""")]
    [InlineData("""{"label":1,"v":[1,2]}""", """{"label":0,"v":3}""")]
    [InlineData("""{"label":1,"said":null}""", """{"label":0,"said":"you"}""")]
    [InlineData("""{"other":1,"label":1}""", """{"label":0,"other":"x"}""")]
    public void Any_order_of_the_lines_gives_the_same_examples(params string[] lines)
    {
        string[] reversed = [.. lines.Reverse()];
        Assert.Equal(Outcome(lines), Outcome(reversed));

        string Outcome(string[] ordered)
        {
            try
            {
                return string.Join('\n', Read(string.Join('\n', ordered)).Select(static e => $"{e.Target} {Describe(e.Input)}").Order(StringComparer.Ordinal));
            }
            catch (DataSourceException)
            {
                return "damaged";
            }
        }
    }

    [Fact]
    public void A_configured_field_may_be_missing_in_the_first_line()
    {
        var read = Read("""
            {"label":1,"a":1}
            {"label":0,"a":2,"when":"2026-11-23T10:00:00Z"}
            """, new DataOptions { Columns = { Time = "when" } });
        Assert.Null(read[0].EventTime);
        Assert.NotNull(read[1].EventTime);
    }

    [Fact]
    public void Numbers_written_as_strings_are_numbers_in_numeric_fields_and_counted_in_others()
    {
        const string Text = """
            {"label":1,"temp":"1.29","kind":"x"}
            {"label":0,"temp":"NA","kind":"y"}
            """;
        var options = new DataOptions { Columns = { Numeric = ["temp"] } };
        Assert.Equal(["temp 1.29 , kind 0 x", "kind 0 y"], Read(Text, options).Select(static e => Describe(e.Input)));
        var skipped = new SkipCounts();
        var reader = ExampleReaders.Open(_folder.Write("t.jsonl", Text), new DataOptions(), skipped: skipped);
        Assert.Equal("temp 0 1.29, kind 0 x", Describe(reader.Read().First().Input));
        Assert.Equal("1 numbers written as strings, kept as categories: see data.columns.numeric (such as temp = '1.29' in line 1)", skipped.ToString());
    }

    [Fact]
    public void Numbers_written_with_a_comma_follow_the_decimal_setting()
    {
        var options = new DataOptions { Columns = { Numeric = ["temp"] }, Table = { Decimal = ',' } };
        Assert.Equal("temp 0.977 ", Describe(Read("""{"label":1,"temp":"0,977"}""", options)[0].Input));
        options.Table.Decimal = '.';
        Assert.Contains("'temp'", Assert.Throws<DataSourceException>(() => Read("""{"label":1,"temp":"0,977"}""", options)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("t.csv", "a,b,label\n,NA,1\n1,2,0\n")]
    [InlineData("t.jsonl", "{\"label\":1,\"a\":null,\"b\":\"\"}\n{\"label\":0,\"a\":1,\"b\":2}\n")]
    public void An_example_without_features_is_rejected_from_files_and_from_records(string name, string text)
    {
        var decoder = new ExampleDecoder(new WireLimits());
        var read = ExampleReaders.Open(_folder.Write(name, text), new DataOptions()).Read().First();
        var json = """{"id":"a","label":1,"features":{"a":null,"b":null}}"""u8.ToArray();
        Assert.Equal("missing-input", decoder.Decode(ExampleEncoder.ToProtobuf(read), WireFormat.Protobuf, default).Reason);
        Assert.Equal("missing-input", decoder.Decode(ExampleEncoder.ToJson(read), WireFormat.Json, default).Reason);
        Assert.Equal("missing-input", decoder.Decode(json, WireFormat.Json, default).Reason);
    }

    private static string Describe(ExampleInput input) => input is ExampleInput.Features features
        ? string.Join(", ", features.Items.Select(static f => FormattableString.Invariant($"{f.Name} {f.Number} {f.Category}")))
        : input.ToString();

    private List<Example> Read(string text, DataOptions? options = null) =>
        [.. ExampleReaders.Open(_folder.Write("t.jsonl", text), options ?? new DataOptions()).Read(TestContext.Current.CancellationToken)];
}
