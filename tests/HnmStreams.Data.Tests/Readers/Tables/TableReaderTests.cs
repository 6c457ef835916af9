using System.Runtime.InteropServices;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Options;
using HnmStreams.Data.Readers;

namespace HnmStreams.Data.Tests.Readers.Tables;

public sealed class TableReaderTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("t.csv")]
    [InlineData("t.csv.gz")]
    public void Numeric_columns_become_a_tensor_in_column_order(string name)
    {
        var read = Read(name, "a,label,b\n1.5,0,-2e3\n 3,1,4\n");
        Assert.Equal(["t-1", "t-2"], read.Select(static e => e.Id), StringComparer.Ordinal);
        Assert.Equal([new Target.ClassIndex(0), new Target.ClassIndex(1)], read.Select(static e => e.Target));
        var dense = Assert.IsType<ExampleInput.Dense>(read[0].Input);
        Assert.Equal((ElementType.Float32, 2), (dense.Type, Assert.Single(dense.Shape)));
        Assert.Equal([1.5f, -2000f], MemoryMarshal.Cast<byte, float>(dense.Data.Span).ToArray());
    }

    [Fact]
    public void Mixed_columns_become_features_without_empty_fields()
    {
        var read = Read("t.csv", "amount,country,label\n12.5,DE,fraud\n,,normal\n");
        Assert.Equal([new Feature("amount", 12.5, null), new Feature("country", 0, "DE")], Features(read[0]));
        Assert.Empty(Features(read[1]));
        Assert.Equal(new Target.Label("fraud"), read[0].Target);
    }

    [Fact]
    public void Numeric_columns_can_be_read_as_features() =>
        Assert.Equal([new Feature("a", 1, null)], Features(Read("t.csv", "a,label\n1,0\n", new DataOptions { Columns = { Input = TableInput.Features } })[0]));

    [Fact]
    public void Pixel_columns_become_an_image()
    {
        var dense = Assert.IsType<ExampleInput.Dense>(Read("t.csv", "label,pixel1,pixel2,pixel3,pixel4\n9,0,255,7,1\n")[0].Input);
        Assert.Equal(ElementType.UInt8, dense.Type);
        Assert.Equal([2, 2], dense.Shape);
        Assert.Equal([0, 255, 7, 1], dense.Data.ToArray());
    }

    [Fact]
    public void A_single_string_column_is_a_text_with_quotes_resolved()
    {
        var read = Read("t.csv", "text,category\n\"Hi, \"\"you\"\"\nthere\",greeting\n#bye,parting\n", new DataOptions { Columns = { Label = "category" } });
        Assert.Equal(new ExampleInput.Text("Hi, \"you\"\nthere"), read[0].Input);
        Assert.Equal(new ExampleInput.Text("#bye"), read[1].Input);
    }

    [Fact]
    public void Text_and_id_columns_are_selected_by_name()
    {
        var read = Read("t.csv", "key,n,body,label\nx7,1,hello,1\n", new DataOptions { Columns = { Id = "key", Text = "body" } });
        Assert.Equal("x7", read[0].Id);
        Assert.Equal(new ExampleInput.Text("hello"), read[0].Input);
    }

    [Fact]
    public void Reads_TSV_without_header_and_keeps_quotes()
    {
        var read = Read("t.tsv", "ham\t\"quoted\" or, not\nspam\tfree\n", new DataOptions { Table = { Header = false }, Columns = { Label = "0" } });
        Assert.Equal([new Target.Label("ham"), new Target.Label("spam")], read.Select(static e => e.Target));
        Assert.Equal(new ExampleInput.Text("\"quoted\" or, not"), read[0].Input);
    }

    [Theory]
    [InlineData("a;label\nx,0;2\n", ';')]
    [InlineData("a|label\nx,0|2\n", '|')]
    public void The_delimiter_can_be_set(string text, char delimiter) =>
        Assert.Equal(new ExampleInput.Text("x,0"), Read("t.csv", text, new DataOptions { Table = { Delimiter = delimiter } })[0].Input);

    [Theory]
    [InlineData("1.0", "0.0")]
    [InlineData("+1", "0")]
    [InlineData("1", "0.00")]
    public void Spellings_of_a_number_are_one_class(string one, string zero) => Assert.Equal(
        [new Target.ClassIndex(0), new Target.ClassIndex(1), new Target.ClassIndex(1)],
        Read("t.csv", $"a,label\n1,{zero}\n2,{one}\n3,1\n").Select(static e => e.Target));

    [Fact]
    public void Spellings_of_a_name_are_one_class() =>
        Assert.Equal(new Target.Label("caf\u00E9"), Read("t.csv", "a,label\n1,cafe\u0301\n")[0].Target);

    [Theory]
    [InlineData("01/02/2026")]
    [InlineData("1.2.2026")]
    [InlineData("02-01-2026 10:00")]
    public void Rejects_ambiguous_dates(string date) => Assert.Contains(
        "ambiguous",
        Assert.Throws<DataSourceException>(() => Read("t.csv", $"t,a,label\n{date},1,1\n", new DataOptions { Columns = { Time = "t" } })).Expected,
        StringComparison.Ordinal);

    [Theory]
    [InlineData("", "row")]
    [InlineData("a,a,label\n1,2,0\n", "more than once")]
    [InlineData("a,label\n1, \n", "blank")]
    [InlineData("a,label\n", "row")]
    [InlineData("label\n1\n", "input")]
    [InlineData("a,label\n1,0\n1\n", "Row 2")]
    [InlineData("a,label\n1,0\n1,2,3\n", "Row 2")]
    [InlineData("a,label\n1,0\n1,\n", "Row 2")]
    [InlineData("label,pixel1\n1,0\n1,256\n", "'256'")]
    [InlineData("a,label\n1,0\n\"1\"x,0\n", "Row 2")]
    public void Reports_problems_with_path_and_row(string text, string problem)
    {
        var e = Assert.Throws<DataSourceException>(() => Read("t.csv", text));
        Assert.EndsWith("t.csv", e.Path, StringComparison.Ordinal);
        Assert.Contains(problem, e.Message, StringComparison.Ordinal);
        Assert.False(string.IsNullOrWhiteSpace(e.Expected));
    }

    [Theory]
    [InlineData("x", "'x'")]
    [InlineData("1e99", "'1e99'")]
    [InlineData("", "column a")]
    [InlineData("NA", "data.columns.input")]
    [InlineData("\"1,5\"", "data.table.decimal")]
    public void A_tensor_requires_a_number_in_every_field(string field, string problem) => Assert.Contains(
        problem,
        Assert.ThrowsAny<Exception>(() => Read("t.csv", $"a,label\n1,0\n{field},0\n", new DataOptions { Columns = { Input = TableInput.Tensor } })).Message,
        StringComparison.Ordinal);

    [Theory]
    [InlineData("clas", "columns.label", "did you mean class?")]
    [InlineData("zzz", "columns.label", "Available: a, class")]
    public void A_missing_column_is_reported_with_its_key_and_a_suggestion(string label, string key, string expected)
    {
        var e = Assert.Throws<DataOptionException>(() => Read("t.csv", "a,class\n1,2\n", new DataOptions { Columns = { Label = label } }));
        Assert.Equal((key, label), (e.Key, e.Value));
        Assert.Contains($"data.{key} = '{label}'", e.Message, StringComparison.Ordinal);
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rejects_a_column_with_two_roles()
    {
        var e = Assert.Throws<DataOptionException>(() => Read("t.csv", "a,label\n1,2\n", new DataOptions { Columns = { Numeric = ["label"] } }));
        Assert.Contains("already data.columns.label", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Times_weights_and_column_kinds_are_selected_by_name()
    {
        var options = new DataOptions
        {
            Columns = { Time = "when", Weight = "w", Numeric = ["n"], Categorical = ["code"], Ignored = ["note"] },
        };
        var read = Read("t.csv", "when,w,n,code,note,other,label\n2026-11-23T10:00:00Z,2,7,12,x,3,1\n90.5,0.5,,13,y,z,0\n", options);
        Assert.Equal([new Feature("n", 7, null), new Feature("code", 0, "12"), new Feature("other", 3, null)], Features(read[0]));
        Assert.Equal([new Feature("code", 0, "13"), new Feature("other", 0, "z")], Features(read[1]));
        Assert.Equal((new DateTimeOffset(2026, 11, 23, 10, 0, 0, TimeSpan.Zero), 2f), (read[0].EventTime!.Value, read[0].Weight));
        Assert.Equal((DateTimeOffset.UnixEpoch.AddSeconds(90.5), 0.5f), (read[1].EventTime!.Value, read[1].Weight));
    }

    [Theory]
    [InlineData("soon,1,1", "'soon'")]
    [InlineData("-5,1,1", "'-5'")]
    [InlineData("5,0,1", "'0'")]
    [InlineData("5,inf,1", "'inf'")]
    [InlineData("5,1,one", "'one'")]
    public void Reports_invalid_values_of_a_column(string row, string problem)
    {
        var options = new DataOptions { Columns = { Time = "t", Weight = "w", Numeric = ["n"] } };
        var e = Assert.Throws<DataSourceException>(() => Read("t.csv", $"t,w,n,label\n{row},1\n", options));
        Assert.Contains(problem, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Columns_of_a_table_without_header_can_be_named()
    {
        var options = new DataOptions { Table = { Header = false, Names = ["a", "kind", "label"] } };
        Assert.Equal([new Feature("a", 1, null), new Feature("kind", 0, "tcp")], Features(Read("t.csv", "1,tcp,normal\n", options)[0]));
        options.Table.Names = ["a", "label"];
        Assert.Contains("3 columns", Assert.Throws<DataOptionException>(() => Read("t.csv", "1,tcp,normal\n", options)).Message, StringComparison.Ordinal);
        options.Table.Header = true;
        Assert.Throws<DataOptionException>(() => Read("t.csv", "a,b,label\n1,tcp,normal\n", options));
    }

    [Fact]
    public void Reports_invalid_UTF8()
    {
        _folder.Write("t.csv", [.. "a,label\n"u8, 0xFF, 0xFE, .. ",1\n"u8]);
        Assert.Throws<DataSourceException>(() => ExampleReaders.Open(_folder.Path, new DataOptions()).Read().ToList());
    }

    [Fact]
    public void Reports_a_damaged_gzip_file()
    {
        var path = _folder.Write("t.csv.gz", string.Concat(Enumerable.Range(0, 5000).Select(static i => i == 0 ? "a,label\n" : $"{i * 7919 % 1000},{i % 2}\n")));
        var bytes = File.ReadAllBytes(path);
        File.WriteAllBytes(path, bytes[..(bytes.Length / 2)]);
        Assert.Throws<DataSourceException>(() => ExampleReaders.Open(path, new DataOptions()).Read().ToList());
    }

    private static IReadOnlyList<Feature> Features(Example e) => Assert.IsType<ExampleInput.Features>(e.Input).Items;

    private List<Example> Read(string name, string text, DataOptions? options = null)
    {
        var path = _folder.Write(name, text);
        return [.. ExampleReaders.Open(path, options ?? new DataOptions()).Read(TestContext.Current.CancellationToken)];
    }
}
