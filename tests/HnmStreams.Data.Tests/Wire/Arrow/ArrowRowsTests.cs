using Apache.Arrow;
using Apache.Arrow.Ipc;
using Apache.Arrow.Types;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Wire;

namespace HnmStreams.Data.Tests.Wire.Arrow;

/// <summary>Records of other writers: types and names of columns, missing and invalid values, limits.</summary>
public sealed class ArrowRowsTests
{
    private readonly WireLimits _limits = new();

    [Fact]
    public void Rejects_only_the_rows_that_are_invalid()
    {
        var rows = Read(
            Column("id", Texts("a", null, "c", "d", "e", "f", "", "h")),
            Column("class", Numbers<int, Int32Array>(new Int32Array.Builder(), 0, 1, null, -1, 1, 1, 1, 1)),
            Column("text", Texts("x", "x", "x", "x", null, "x", "x", "x")),
            Column("weight", Numbers<float, FloatArray>(new FloatArray.Builder(), 1, 1, 1, 1, 1, 0, 1, float.NaN)));
        Assert.Equal([null, "missing-id", "missing-target", "malformed", "missing-input", "malformed", "missing-id", "not-finite"], rows.Select(static r => r.Reason));
        Assert.Equal("a", rows[0].Example!.Id);
    }

    [Fact]
    public void A_missing_feature_is_omitted_and_one_that_is_not_finite_is_rejected()
    {
        var rows = Read(
            Column("id", Texts("a", "b", "c")),
            Column("label", Texts("x", "x", "x")),
            Column("amount", Numbers<double, DoubleArray>(new DoubleArray.Builder(), 1.5, null, double.PositiveInfinity)),
            Column("flag", new BooleanArray.Builder().Append(true).AppendNull().Append(false).Build()),
            Column("nothing", new NullArray(3)));
        Assert.Equal([null, "missing-input", "not-finite"], rows.Select(static r => r.Reason));
        Assert.Equal([new Feature("amount", 1.5, null), new Feature("flag", 0, "true")], ((ExampleInput.Features)rows[0].Example!.Input).Items);
    }

    [Fact]
    public void Numbers_of_all_widths_are_features()
    {
        var rows = Read(
            Column("id", Numbers<long, Int64Array>(new Int64Array.Builder(), 7)),
            Column("label", Numbers<double, DoubleArray>(new DoubleArray.Builder(), 3)),
            Column("i8", Numbers<sbyte, Int8Array>(new Int8Array.Builder(), -8)),
            Column("u8", Numbers<byte, UInt8Array>(new UInt8Array.Builder(), 8)),
            Column("i16", Numbers<short, Int16Array>(new Int16Array.Builder(), -16)),
            Column("u16", Numbers<ushort, UInt16Array>(new UInt16Array.Builder(), 16)),
            Column("i32", Numbers<int, Int32Array>(new Int32Array.Builder(), -32)),
            Column("u32", Numbers<uint, UInt32Array>(new UInt32Array.Builder(), 32)),
            Column("i64", Numbers<long, Int64Array>(new Int64Array.Builder(), -64)),
            Column("u64", Numbers<ulong, UInt64Array>(new UInt64Array.Builder(), ulong.MaxValue)),
            Column("f32", Numbers<float, FloatArray>(new FloatArray.Builder(), 0.5f)),
            Column("f64", Numbers<double, DoubleArray>(new DoubleArray.Builder(), 0.25)));
        var example = Assert.Single(rows).Example!;
        Assert.Equal("7", example.Id);
        Assert.Equal(new Target.ClassIndex(3), example.Target);
        Assert.Equal([-8, 8, -16, 16, -32, 32, -64, ulong.MaxValue, 0.5, 0.25], ((ExampleInput.Features)example.Input).Items.Select(static f => f.Number));
    }

    [Theory]
    [InlineData(-1, "-1")]
    [InlineData(1.5, "1.5")]
    public void A_number_that_is_no_index_is_the_name_of_a_class(double label, string name)
    {
        var rows = Read(Column("id", Texts("a")), Column("label", Numbers<double, DoubleArray>(new DoubleArray.Builder(), label)), Column("text", Texts("x")));
        Assert.Equal(new Target.Label(name), rows[0].Example!.Target);
    }

    [Fact]
    public void Dictionaries_are_followed()
    {
        var indices = new Int8Array.Builder().Append(1).Append(0).AppendNull().Append(5).Build();
        var dictionary = new DictionaryArray(new DictionaryType(Int8Type.Default, StringType.Default, false), indices, Texts("spam", "ham"));
        var rows = Read(Column("id", Texts("a", "b", "c", "d")), Column("label", dictionary), Column("text", Texts("1", "2", "3", "4")));
        Assert.Equal([null, null, "missing-target", "malformed"], rows.Select(static r => r.Reason));
        Assert.Equal([new Target.Label("ham"), new Target.Label("spam")], rows.Take(2).Select(static r => r.Example!.Target));
    }

    [Fact]
    public void The_shape_of_a_tensor_is_that_of_the_nested_lists_or_of_the_settings()
    {
        var values = new UInt8Array.Builder().AppendRange(Enumerable.Range(0, 12).Select(static i => (byte)i)).Build();
        var inner = new FixedSizeListArray(new FixedSizeListType(UInt8Type.Default, 3), 4, values, ArrowBuffer.Empty);
        var outer = new FixedSizeListArray(new FixedSizeListType(inner.Data.DataType, 2), 2, inner, ArrowBuffer.Empty);
        (string, IArrowArray)[] columns = [Column("id", Texts("a", "b")), Column("class", Numbers<int, Int32Array>(new Int32Array.Builder(), 0, 0)), Column("tensor", outer)];
        var nested = (ExampleInput.Dense)Read(columns)[1].Example!.Input;
        Assert.Equal([2, 3], nested.Shape);
        Assert.Equal([6, 7, 8, 9, 10, 11], nested.Data.ToArray());

        _limits.Arrow.Columns.Shape = [3, 2, 1];
        Assert.Equal([3, 2, 1], ((ExampleInput.Dense)Read(columns)[1].Example!.Input).Shape);
        _limits.Arrow.Columns.Shape = [5];
        Assert.Equal("wrong-shape", Open(columns));
    }

    [Fact]
    public void A_tensor_with_a_missing_element_or_one_that_is_not_finite_is_rejected()
    {
        var values = new FloatArray.Builder().Append(1).Append(2).Append(float.NaN).Append(3).Append(4).AppendNull().Build();
        var lists = new FixedSizeListArray(new FixedSizeListType(FloatType.Default, 2), 3, values, ArrowBuffer.Empty);
        var rows = Read(Column("id", Texts("a", "b", "c")), Column("class", Numbers<int, Int32Array>(new Int32Array.Builder(), 0, 0, 0)), Column("tensor", lists));
        Assert.Equal([null, "not-finite", "malformed"], rows.Select(static r => r.Reason));
    }

    [Fact]
    public void Columns_are_found_by_the_names_of_the_settings()
    {
        _limits.Arrow.Columns.Id = "key";
        _limits.Arrow.Columns.Label = "y";
        _limits.Arrow.Columns.Categorical = ["code"];
        _limits.Arrow.Columns.Ignored = ["day"];
        var rows = Read(
            Column("key", Texts("a")),
            Column("y", Texts("x")),
            Column("code", Numbers<int, Int32Array>(new Int32Array.Builder(), 404)),
            Column("day", new Date32Array.Builder().Append(DateTime.UnixEpoch).Build()));
        Assert.Equal([new Feature("code", 0, "404")], ((ExampleInput.Features)Assert.Single(rows).Example!.Input).Items);
    }

    [Theory]
    [InlineData(Apache.Arrow.Types.TimeUnit.Second, 1_700_000_000)]
    [InlineData(Apache.Arrow.Types.TimeUnit.Millisecond, 1_700_000_000_000)]
    [InlineData(Apache.Arrow.Types.TimeUnit.Microsecond, 1_700_000_000_000_000)]
    [InlineData(Apache.Arrow.Types.TimeUnit.Nanosecond, 1_700_000_000_000_000_000)]
    public void Times_of_all_units_are_read(Apache.Arrow.Types.TimeUnit unit, long value)
    {
        var times = new TimestampArray(new TimestampType(unit, "UTC"), new ArrowBuffer(BitConverter.GetBytes(value)), ArrowBuffer.Empty, 1, 0, 0);
        var rows = Read(Column("id", Texts("a")), Column("label", Texts("x")), Column("text", Texts("t")), Column("eventTime", times));
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000), rows[0].Example!.EventTime);
    }

    [Fact]
    public void A_record_that_lacks_a_column_or_has_an_unsuitable_one_is_rejected_as_a_whole()
    {
        Assert.Equal("missing-id", Open(Column("label", Texts("x")), Column("text", Texts("t"))));
        Assert.Equal("missing-target", Open(Column("id", Texts("x")), Column("text", Texts("t"))));
        Assert.Equal("missing-input", Open(Column("id", Texts("x")), Column("label", Texts("t"))));
        Assert.Equal("malformed", Open(Column("id", Numbers<double, DoubleArray>(new DoubleArray.Builder(), 1)), Column("label", Texts("x")), Column("text", Texts("t"))));
        Assert.Equal("malformed", Open(Column("id", Texts("x")), Column("label", Texts("x")), Column("when", new Date32Array.Builder().Append(DateTime.UnixEpoch).Build())));
        Assert.Equal("malformed", Open(Column("id", Texts("x")), Column("label", Texts("x")), Column("f", Texts("t")), Column("f", Texts("t"))));
    }

    [Fact]
    public void A_record_beyond_a_limit_is_rejected_as_a_whole()
    {
        (string, IArrowArray)[] columns = [Column("id", Texts("a", "b", "c")), Column("label", Texts("x", "x", "x")), Column("text", Texts("t", "t", "t"))];
        Assert.Null(Open(columns));
        _limits.Arrow.MaxRows = 2;
        Assert.Equal("too-large", Open(columns));
        _limits.Arrow.MaxRows = 3;
        Assert.Null(Open(columns));
        _limits.MaxFeatures = 2;
        Assert.Equal("too-large", Open([.. columns, .. Enumerable.Range(0, 70).Select(static i => Column($"f{i}", Texts("1", "2", "3")))]));
        _limits.MaxRecordBytes = 64;
        Assert.Equal("too-large", Open(columns));
    }

    [Fact]
    public void Large_weights_are_reduced()
    {
        var rows = Read(Column("id", Texts("a")), Column("label", Texts("x")), Column("text", Texts("t")), Column("weight", Numbers<double, DoubleArray>(new DoubleArray.Builder(), 1e9)));
        Assert.Equal(100f, rows[0].Example!.Weight);
        Assert.True(rows[0].IsClipped);
    }

    [Fact]
    public void Compressed_buffers_are_rejected_with_a_remedy()
    {
        using var batch = Batch([Column("id", Texts("a")), Column("label", Texts("x")), Column("text", Texts(new string('t', 10_000)))]);
        using var stream = new MemoryStream();
        using (var writer = new ArrowStreamWriter(stream, batch.Schema, leaveOpen: true, new IpcOptions { CompressionCodec = CompressionCodecType.Zstd, CompressionCodecFactory = new Apache.Arrow.Compression.CompressionCodecFactory() }))
        {
            writer.WriteRecordBatch(batch);
            writer.WriteEnd();
        }

        using var rows = new ExampleDecoder(_limits).CreateRows();
        var rejected = rows.Open(stream.ToArray());
        Assert.Equal("malformed", rejected?.Reason);
        Assert.Contains("compression.type", rejected?.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_copy_of_a_row_is_a_record_with_this_row_only()
    {
        using var batch = Batch([Column("id", Texts("a", "b", "c")), Column("label", Texts("x", null, "z")), Column("text", Texts("1", "2", "3"))]);
        using var rows = new ExampleDecoder(_limits).CreateRows();
        var record = Write(batch);
        Assert.Null(rows.Open(record));
        Assert.Null(rows.CopyRow(int.MaxValue));
        rows.Read(out _);
        Assert.Equal(RowKind.Rejected, rows.Read(out _).Kind);
        var copy = rows.CopyRow(int.MaxValue)!;
        Assert.Null(rows.CopyRow(copy.Length - 1));
        using var copied = new ExampleDecoder(_limits).CreateRows();
        Assert.Null(copied.Open(copy));
        Assert.Equal(1, copied.Count);
        Assert.Equal("missing-target", copied.Read(out _).Reason);
        Assert.Equal("b"u8, copied.Id);
    }

    private static (string, IArrowArray) Column(string name, IArrowArray values) => (name, values);

    private static StringArray Texts(params string?[] values)
    {
        var builder = new StringArray.Builder();
        foreach (var value in values)
            _ = value is null ? builder.AppendNull() : builder.Append(value);
        return builder.Build();
    }

    private static TArray Numbers<T, TArray>(dynamic builder, params T?[] values)
        where T : struct
    {
        foreach (var value in values)
            _ = value is { } number ? builder.Append(number) : builder.AppendNull();
        return builder.Build();
    }

    private static RecordBatch Batch((string Name, IArrowArray Values)[] columns) => new(
        new Schema(columns.Select(static c => new Field(c.Name, c.Values.Data.DataType, nullable: true)), null), columns.Select(static c => c.Values), columns[0].Values.Length);

    private static byte[] Write(RecordBatch batch)
    {
        using var stream = new MemoryStream();
        using (var writer = new ArrowStreamWriter(stream, batch.Schema, leaveOpen: true))
        {
            writer.WriteRecordBatch(batch);
            writer.WriteEnd();
        }

        return stream.ToArray();
    }

    private string? Open(params (string, IArrowArray)[] columns)
    {
        // Not disposed: several records are written from the same columns.
        var batch = Batch(columns);
        using var rows = new ExampleDecoder(_limits).CreateRows();
        return rows.Open(Write(batch))?.Reason;
    }

    private List<(Example? Example, string? Reason, bool IsClipped)> Read(params (string, IArrowArray)[] columns)
    {
        // Not disposed: several records are written from the same columns.
        var batch = Batch(columns);
        using var rows = new ExampleDecoder(_limits).CreateRows();
        var rejected = rows.Open(Write(batch));
        Assert.True(rejected is null, rejected?.Detail);
        var read = new List<(Example?, string?, bool)>();
        while (rows.Position < rows.Count)
        {
            var result = rows.Read(out var example);
            read.Add((result.Kind == RowKind.Example ? example.ToExample() : null, result.Reason, result.IsWeightClipped));
        }

        return read;
    }
}
