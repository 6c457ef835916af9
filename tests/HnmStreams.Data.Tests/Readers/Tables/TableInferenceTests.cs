using System.Runtime.InteropServices;
using System.Text;
using CsCheck;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Options;
using HnmStreams.Data.Readers;
using HnmStreams.Data.Synthetic;

namespace HnmStreams.Data.Tests.Readers.Tables;

public sealed class TableInferenceTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Any_order_of_the_rows_gives_the_same_examples()
    {
        string[] fields = ["1", "2.5", "-3", "", "NA", "?", "nan", "red", "1e99", "0,5"];
        string[] labels = ["0", "1", "1.0", "x"];
        var row = Gen.Select(Gen.Int[0, fields.Length - 1].Select(i => fields[i]), Gen.Int[0, fields.Length - 1].Select(i => fields[i]), Gen.Int[0, labels.Length - 1].Select(i => labels[i]));
        Gen.Select(row.Array[1, 6], Gen.Int).Sample(
            (rows, seed) =>
            {
                var random = SplitMix64.Of((ulong)seed, 0);
                var shuffled = rows.ToArray();
                for (var i = shuffled.Length - 1; i > 0; i--)
                {
                    var other = random.Below(i + 1);
                    (shuffled[i], shuffled[other]) = (shuffled[other], shuffled[i]);
                }

                Assert.Equal(Outcome(rows), Outcome(shuffled));
            },
            iter: 400,
            threads: 1);

        // The ids are not compared, because they contain the row number.
        string Outcome((string A, string B, string Label)[] rows)
        {
            try
            {
                return string.Join('\n', Read("o.csv", "a;b;label\n" + string.Concat(rows.Select(static r => $"{r.A};{r.B};{r.Label}\n")))
                    .Select(static e => $"{e.Target} {Describe(e.Input)}").Order(StringComparer.Ordinal));
            }
            catch (DataOptionException e)
            {
                return e.Key;
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("NA")]
    [InlineData("?")]
    [InlineData("nan")]
    [InlineData(" N/A ")]
    [InlineData("NULL")]
    public void A_missing_value_is_omitted_in_every_row(string word)
    {
        var first = Read("f.csv", $"a,b,label\n{word},2,0\n1,4,1\n");
        var last = Read("l.csv", $"a,b,label\n1,4,1\n{word},2,0\n");
        Assert.Equal([new Feature("b", 2, null)], Features(first[0]));
        Assert.Equal([new Feature("a", 1, null), new Feature("b", 4, null)], Features(first[1]));
        Assert.Equal(Features(first[0]), Features(last[1]));
        Assert.Equal(Features(first[1]), Features(last[0]));
    }

    [Fact]
    public void The_words_that_mean_missing_can_be_set()
    {
        var options = new DataOptions { Table = { Missing = ["-999"] } };
        var read = Read("t.csv", "a,b,label\n-999,NA,0\n1,x,1\n", options);
        Assert.Equal([new Feature("b", 0, "NA")], Features(read[0]));
        Assert.Equal([new Feature("a", 1, null), new Feature("b", 0, "x")], Features(read[1]));
    }

    [Fact]
    public void Missing_words_and_words_among_numbers_are_counted_with_an_example()
    {
        var skipped = new SkipCounts();
        var reader = ExampleReaders.Open(_folder.Write("t.csv", "a,b,label\n1,2,0\nNA,3,1\n4,ERR,1\n?,5,0\n"), new DataOptions(), skipped: skipped);
        Assert.Equal(4, reader.Read(TestContext.Current.CancellationToken).Count());
        Assert.Equal("2 values that mean missing (such as a = 'NA' in row 2), 1 words in columns of numbers, kept as categories (such as b = 'ERR' in row 3)", skipped.ToString());
    }

    [Theory]
    [InlineData("a;b;label\n1,5;0,25;x\n2;-1,0;y\n")]
    [InlineData("a;b;label\n2;-1,0;y\n1,5;0,25;x\n")]
    public void A_decimal_comma_is_reported_with_column_value_and_key(string text)
    {
        var e = Assert.Throws<DataOptionException>(() => Read("t.csv", text));
        Assert.Equal("table.decimal", e.Key);
        Assert.Contains("column a", e.Message, StringComparison.Ordinal);
        Assert.Contains("'1,5'", e.Message, StringComparison.Ordinal);
        Assert.Contains("set data.table.decimal to ','", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reads_numbers_with_a_decimal_comma()
    {
        var dense = Assert.IsType<ExampleInput.Dense>(Read("t.csv", "a;b;label\n1,5;-2;x\n", new DataOptions { Table = { Decimal = ',' } })[0].Input);
        Assert.Equal([1.5f, -2f], MemoryMarshal.Cast<byte, float>(dense.Data.Span).ToArray());
        Assert.Contains(
            "set data.table.decimal to '.'",
            Assert.Throws<DataOptionException>(() => Read("p.csv", "a;b;label\n1.5;2;x\n", new DataOptions { Table = { Decimal = ',' } })).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_column_of_words_may_look_like_numbers_with_a_comma()
    {
        Assert.Equal(new Feature("a", 0, "1,5"), Features(Read("t.csv", "a;b;label\n1,5;2;x\n", new DataOptions { Columns = { Categorical = ["a"] } })[0])[0]);
        Assert.Equal(new Feature("a", 0, "1,5"), Features(Read("u.csv", "a;b;label\n1,5;2;x\nred;2;x\n")[0])[0]);
    }

    [Theory]
    [InlineData("0", "1", "x")]
    [InlineData("x", "0", "1")]
    public void Labels_are_names_if_one_of_them_is_not_a_class_index(params string[] labels) => Assert.Equal(
        labels.Select(static l => new Target.Label(l)),
        Read("t.csv", "a,label\n" + string.Concat(labels.Select(static l => $"1,{l}\n"))).Select(static e => e.Target));

    [Fact]
    public void A_missing_label_among_class_indices_is_an_error() =>
        Assert.Contains("Row 1: The label is NA", Assert.Throws<DataSourceException>(() => Read("t.csv", "a,label\n1,NA\n2,1\n")).Message, StringComparison.Ordinal);

    [Fact]
    public void The_encoding_can_be_set()
    {
        _folder.Write("t.csv", [.. "a,label\ncaf"u8, 0xE9, .. ",1\n"u8]);
        var path = Path.Combine(_folder.Path, "t.csv");
        Assert.Equal(new ExampleInput.Text("caf\u00E9"), ExampleReaders.Open(path, new DataOptions { Table = { Encoding = "windows-1252" } }).Read().Single().Input);
        Assert.Contains("data.table.encoding", Assert.Throws<DataSourceException>(() => ExampleReaders.Open(path, new DataOptions())).Message, StringComparison.Ordinal);
        Assert.Equal("table.encoding", Assert.Throws<DataOptionException>(() => ExampleReaders.Open(path, new DataOptions { Table = { Encoding = "unknown" } })).Key);
    }

    [Fact]
    public void A_byte_order_mark_takes_precedence_over_the_encoding()
    {
        _folder.Write("t.csv", [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes("a,label\ncafé,1\n")]);
        Assert.Equal(new ExampleInput.Text("café"), ExampleReaders.Open(Path.Combine(_folder.Path, "t.csv"), new DataOptions()).Read().Single().Input);
    }

    [Theory]
    [InlineData(TimeUnit.S, "1764496800.5", 1764496800_5000000)]
    [InlineData(TimeUnit.Ms, "1764496800500", 1764496800_5000000)]
    [InlineData(TimeUnit.Us, "1764496800500000", 1764496800_5000000)]
    [InlineData(TimeUnit.Ns, "1764496800500000100", 1764496800_5000001)]
    public void Numeric_times_have_a_unit(TimeUnit unit, string time, long ticks)
    {
        var options = new DataOptions { Columns = { Time = "t", TimeUnit = unit } };
        Assert.Equal(DateTimeOffset.UnixEpoch.AddTicks(ticks), Read("t.csv", $"t,a,label\n{time},1,1\n", options)[0].EventTime);
        Assert.Equal(DateTimeOffset.UnixEpoch.AddTicks(ticks), Read("t.jsonl", $$"""{"t":{{time}},"a":1,"label":1}""", options)[0].EventTime);
    }

    [Fact]
    public void A_time_beyond_the_year_9999_is_reported_with_the_unit() => Assert.Contains(
        "data.columns.timeUnit",
        Assert.Throws<DataSourceException>(() => Read("t.csv", "t,a,label\n1764496800500,1,1\n", new DataOptions { Columns = { Time = "t" } })).Message,
        StringComparison.Ordinal);

    private static IReadOnlyList<Feature> Features(Example e) => Assert.IsType<ExampleInput.Features>(e.Input).Items;

    private static string Describe(ExampleInput input) => input switch
    {
        ExampleInput.Dense dense => string.Join(' ', MemoryMarshal.Cast<byte, float>(dense.Data.Span).ToArray()),
        ExampleInput.Features features => string.Join(' ', features.Items),
        _ => input.ToString(),
    };

    private List<Example> Read(string name, string text, DataOptions? options = null) =>
        [.. ExampleReaders.Open(_folder.Write(name, text), options ?? new DataOptions()).Read(TestContext.Current.CancellationToken)];
}
