using Apache.Arrow.Ipc;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Data.Tests.Examples;
using HnmStreams.Data.Wire;
using HnmStreams.Testing.Fuzzing;

namespace HnmStreams.Data.Tests.Wire.Arrow;

public sealed class ArrowRoundTripTests
{
    private static readonly ExampleDecoder Decoder = new(new WireLimits { MaxWeight = float.MaxValue });

    private static readonly Example[] Examples =
        [.. ExampleGen.Fixed(2_000, 20261130).Where(static e => e.Target is not (Target.Boxes or Target.LabelSet)).Select(static (e, i) => e with { Id = $"{i}-{e.Id}"[..Math.Min(e.Id.Length, 60)] })];

    [Fact]
    public void Each_example_is_the_same_as_from_a_record_of_its_own()
    {
        Assert.True(Examples.Length > 1_000);
        foreach (var example in Examples)
            Assert.Equal([Single(example)], Read(ExampleEncoder.ToArrow([example])));
    }

    [Fact]
    public void Many_examples_in_one_record_are_the_same_as_in_records_of_their_own()
    {
        foreach (var group in Examples.GroupBy(KindOf))
        {
            Example[] examples = [.. group];
            Assert.Equal(examples.Select(Single), Read(ExampleEncoder.ToArrow(examples)));
        }
    }

    [Fact]
    public void A_file_has_the_same_rows_as_a_stream()
    {
        foreach (var group in Examples.GroupBy(KindOf))
        {
            var stream = ExampleEncoder.ToArrow([.. group]);
            using var reader = new ArrowStreamReader(stream);
            using var file = new MemoryStream();
            using (var writer = new ArrowFileWriter(file, reader.Schema, leaveOpen: true))
            {
                while (reader.ReadNextRecordBatch() is { } batch)
                {
                    using (batch)
                        writer.WriteRecordBatch(batch);
                }

                writer.WriteEnd();
            }

            Assert.True(ExampleDecoder.HasRows(file.ToArray(), WireFormat.Unknown));
            Assert.Equal(Read(stream), Read(file.ToArray()));
        }
    }

    [Fact]
    public void Rows_of_several_batches_are_read_in_their_order()
    {
        Example[] examples = [.. Enumerable.Range(0, 100).Select(static i => new Example($"e-{i}", new Target.ClassIndex(i), new ExampleInput.Text($"text {i}")))];
        using var stream = new MemoryStream();
        using (var reader = new ArrowStreamReader(ExampleEncoder.ToArrow(examples)))
        using (var batch = reader.ReadNextRecordBatch())
        using (var writer = new ArrowStreamWriter(stream, batch.Schema, leaveOpen: true))
        {
            foreach (var (from, length) in new[] { (0, 10), (10, 0), (10, 41), (51, 49) })
            {
                using var part = batch.Slice(from, length);
                writer.WriteRecordBatch(part);
            }

            writer.WriteEnd();
        }

        Assert.Equal(examples.Select(Single), Read(stream.ToArray()));
    }

    [Fact]
    public void Tombstones_follow_the_examples()
    {
        using var rows = Decoder.CreateRows();
        Assert.Null(rows.Open(ExampleEncoder.ToArrow([new Example("a", new Target.Label("x"), new ExampleInput.Text("t"))], ["b", "c"])));
        Assert.Equal(RowKind.Example, rows.Read(out _).Kind);
        Assert.Equal(RowKind.Tombstone, rows.Read(out _).Kind);
        Assert.Equal("b"u8, rows.Id);
        Assert.Equal(RowKind.Tombstone, rows.Read(out _).Kind);
        Assert.Equal("c"u8, rows.Id);
        Assert.Equal(3, rows.Position);
        Assert.Null(rows.Open(ExampleEncoder.ToArrow([], ["d"])));
        Assert.Equal(RowKind.Tombstone, rows.Read(out _).Kind);
        Assert.Equal("d"u8, rows.Id);
    }

    [Fact]
    public void Examples_that_do_not_fit_into_one_table_are_refused()
    {
        var text = new Example("a", new Target.Label("x"), new ExampleInput.Text("t"));
        Assert.Throws<ArgumentException>(() => ExampleEncoder.ToArrow([text, text with { Input = new ExampleInput.EncodedImage(ExampleGen.Png) }]));
        Assert.Throws<ArgumentException>(() => ExampleEncoder.ToArrow([text with { Target = new Target.Boxes([]) }]));
        Assert.Throws<ArgumentException>(() => ExampleEncoder.ToArrow([Tensor(2), Tensor(3)]));
        Assert.Throws<ArgumentException>(() => ExampleEncoder.ToArrow([Features(new Feature("f", 1, null)), Features(new Feature("f", 0, "c"))]));
        Assert.Throws<ArgumentException>(() => ExampleEncoder.ToArrow([Features(new Feature("label", 1, null))]));

        static Example Tensor(int length) => new("t", new Target.ClassIndex(0), new ExampleInput.Dense(ElementType.UInt8, [length], new byte[length]));
        static Example Features(Feature feature) => new("f", new Target.ClassIndex(0), new ExampleInput.Features([feature]));
    }

    [Fact]
    public void Rows_of_known_values_allocate_nothing()
    {
        Example[] examples = [.. Enumerable.Range(0, 1_000).Select(static i => new Example(
            $"v-{i}", new Target.Label($"class {i % 7}"), new ExampleInput.Features([new Feature("n", i, null), new Feature("c", 0, $"category {i % 5}")]), DateTimeOffset.UnixEpoch))];
        var value = ExampleEncoder.ToArrow(examples);
        using var rows = Decoder.CreateRows();
        ReadAll();
        var before = GC.GetAllocatedBytesForCurrentThread();
        ReadAll();
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000);

        void ReadAll()
        {
            Assert.Null(rows.Open(value));
            while (rows.Position < rows.Count)
            {
                if (rows.Read(out _).Kind != RowKind.Example)
                    Assert.Fail("A row was rejected.");
            }
        }
    }

    private static (int Kind, string Shape) KindOf(Example example) => example.Input switch
    {
        ExampleInput.Dense dense => (0, $"{dense.Type} {string.Join(',', dense.Shape)}"),
        ExampleInput.EncodedImage => (1, ""),
        ExampleInput.Text => (2, ""),
        ExampleInput.Features features => (3, string.Join(',', features.Items.Select(static f => f.Category is null ? "n" : "c"))),
        _ => throw new InvalidOperationException(),
    };

    private static string Single(Example example) =>
        ExampleText.Of(Decoder.Decode(ExampleEncoder.ToProtobuf(example), WireFormat.Protobuf, default).Example!);

    private static List<string> Read(byte[] record)
    {
        using var rows = Decoder.CreateRows();
        var rejected = rows.Open(record);
        Assert.True(rejected is null, rejected?.Detail);
        var read = new List<string>();
        while (rows.Position < rows.Count)
        {
            var result = rows.Read(out var example);
            Assert.True(result.Kind == RowKind.Example, result.Detail);
            read.Add(ExampleText.Of(example.ToExample()));
        }

        return read;
    }
}
