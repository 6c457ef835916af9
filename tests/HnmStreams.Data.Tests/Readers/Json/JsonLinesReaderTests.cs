using System.Runtime.InteropServices;
using System.Text;
using CsCheck;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Options;
using HnmStreams.Data.Readers;
using HnmStreams.Data.Tests.Examples;
using HnmStreams.Data.Wire;
using HnmStreams.Testing.Fuzzing;

namespace HnmStreams.Data.Tests.Readers.Json;

public sealed class JsonLinesReaderTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("t.jsonl")]
    [InlineData("t.jsonl.gz")]
    [InlineData("t.ndjson")]
    public void Reads_the_label_by_name_and_the_other_fields_as_features(string name)
    {
        var read = Read(name, """
            {"label":"fraud","amount":12.5,"country":"DE","new":true,"note":null}

            {"label":3,"amount":1,"country":"FR","late":7}
            """);
        Assert.Equal(["t-1", "t-3"], read.Select(static e => e.Id));
        Assert.Equal([new Target.Label("fraud"), new Target.ClassIndex(3)], read.Select(static e => e.Target));
        Assert.Equal([new Feature("amount", 12.5, null), new Feature("country", 0, "DE"), new Feature("new", 0, "true")], Features(read[0]));
        Assert.Equal(new Feature("late", 7, null), Features(read[1])[2]);
    }

    [Fact]
    public void Names_with_dots_refer_to_nested_objects()
    {
        var options = new DataOptions { Columns = { Label = "meta.intent", Text = "body", Id = "meta.key", Time = "meta.at", Weight = "w" } };
        var read = Read("t.jsonl", """{"body":"Hello\nyou","meta":{"intent":"greet","key":"x7","at":"2026-11-23T10:00:00Z"},"w":2}""", options)[0];
        Assert.Equal("x7", read.Id);
        Assert.Equal(new Target.Label("greet"), read.Target);
        Assert.Equal(new ExampleInput.Text("Hello\nyou"), read.Input);
        Assert.Equal((new DateTimeOffset(2026, 11, 23, 10, 0, 0, TimeSpan.Zero), 2f), (read.EventTime!.Value, read.Weight));
    }

    [Fact]
    public void A_single_string_field_is_a_text_and_a_single_array_a_tensor()
    {
        Assert.Equal(new ExampleInput.Text("hi"), Read("t.jsonl", """{"label":1,"said":"hi"}""")[0].Input);
        var dense = Assert.IsType<ExampleInput.Dense>(Read("t.jsonl", """{"label":1,"v":[1.5,-2]}""")[0].Input);
        Assert.Equal([2], dense.Shape);
        Assert.Equal([1.5f, -2f], MemoryMarshal.Cast<byte, float>(dense.Data.Span).ToArray());
    }

    [Theory]
    [InlineData("", "no lines")]
    [InlineData("[1]", "Line 1")]
    [InlineData("{\"label\":1,\"a\":2}\n{\"label\":1", "Line 2")]
    [InlineData("{\"label\":1,\"a\":2}\n{\"a\":2}", "'label'")]
    [InlineData("{\"label\":1,\"a\":2}\n{\"label\":\" \",\"a\":2}", "blank")]
    [InlineData("{\"label\":1,\"a\":2}\n{\"label\":1,\"a\":[2]}", "'a'")]
    [InlineData("{\"label\":1,\"a\":2}\n{\"label\":1,\"a\":1e999}", "1e999")]
    [InlineData("{\"label\":\"\\ud800\",\"a\":2}", "Line 1")]
    [InlineData("{\"label\":1,\"a\":[2]}\n{\"label\":1,\"a\":[\"x\"]}", "'a'")]
    public void Reports_problems_with_path_and_line(string text, string problem)
    {
        var e = Assert.Throws<DataSourceException>(() => Read("t.jsonl", text));
        Assert.EndsWith("t.jsonl", e.Path, StringComparison.Ordinal);
        Assert.Contains(problem, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_field_is_reported_with_its_key_and_a_suggestion()
    {
        var e = Assert.Throws<DataOptionException>(() => Read("t.jsonl", """{"intent":1,"text":"x"}""", new DataOptions { Columns = { Label = "intnt" } }));
        Assert.Contains("data.columns.label = 'intnt'", e.Message, StringComparison.Ordinal);
        Assert.Contains("did you mean intent?", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Limits_the_memory_for_an_endless_line()
    {
        var path = _folder.Write("t.jsonl.gz", new byte[20 << 20]);
        var e = Assert.Throws<DataSourceException>(() => ExampleReaders.Open(path, new DataOptions()));
        Assert.Contains("longer", e.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Reports_a_truncated_gzip_file()
    {
        var path = _folder.Write("t.jsonl.gz", string.Concat(Enumerable.Range(0, 5_000).Select(static i => $"{{\"label\":{i % 2},\"a\":{i * 7919 % 1000}}}\n")));
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^600]);
        Assert.Throws<DataSourceException>(() => ExampleReaders.Open(path, new DataOptions()).Read().ToList());
    }

    [Fact]
    public void Mutated_files_give_examples_or_a_data_exception()
    {
        var seed = Encoding.UTF8.GetBytes("{\"label\":1,\"a\":2,\"b\":\"x\"}\n{\"label\":\"y\",\"a\":3,\"b\":\"z\"}\n");
        Gen.Select(Gen.Int[0, seed.Length - 1], Gen.Byte).Array[1, 8].Sample(
            changes =>
            {
                var bytes = (byte[])seed.Clone();
                foreach (var (at, to) in changes)
                    bytes[at] = to;
                var path = _folder.Write("fuzz.jsonl", bytes);
                try
                {
                    foreach (var example in ExampleReaders.Open(path, new DataOptions()).Read())
                        Assert.NotEmpty(example.Id);
                }
                catch (Exception e) when (e is DataSourceException or DataOptionException)
                {
                    Assert.NotEmpty(e.Message);
                }
            },
            iter: 500,
            threads: 1);
    }

    [Fact]
    public void Reads_lines_in_the_JSON_form_of_the_wire_format()
    {
        var examples = ExampleGen.Fixed(20, 3).DistinctBy(static e => e.Id).ToList();
        var path = _folder.Write("t.jsonl", string.Join('\n', examples.Select(static e => Encoding.UTF8.GetString(ExampleEncoder.ToJson(e)))));
        var read = ExampleReaders.Open(path, new DataOptions { Format = DataFormat.Examples }).Read(TestContext.Current.CancellationToken);
        Assert.Equal(examples.Select(ExampleText.Of), read.Select(ExampleText.Of));
    }

    private static IReadOnlyList<Feature> Features(Example e) => Assert.IsType<ExampleInput.Features>(e.Input).Items;

    private List<Example> Read(string name, string text, DataOptions? options = null) =>
        [.. ExampleReaders.Open(_folder.Write(name, text), options ?? new DataOptions()).Read(TestContext.Current.CancellationToken)];
}
