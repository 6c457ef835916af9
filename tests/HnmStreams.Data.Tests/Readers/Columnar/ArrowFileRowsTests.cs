using Apache.Arrow;
using Apache.Arrow.Compression;
using Apache.Arrow.Ipc;
using Apache.Arrow.Types;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Options;
using HnmStreams.Data.Readers;
using HnmStreams.Data.Synthetic;

namespace HnmStreams.Data.Tests.Readers.Columnar;

public sealed class ArrowFileRowsTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("rows.arrow", true, null)]
    [InlineData("rows.arrow", false, null)]
    [InlineData("rows.feather", true, CompressionCodecType.Lz4Frame)]
    [InlineData("rows.feather", true, CompressionCodecType.Zstd)]
    public void Rows_become_features_with_their_types(string name, bool isFile, CompressionCodecType? codec)
    {
        var path = Write(name, 5, isFile, codec);
        var read = ExampleReaders.Open(path, new DataOptions { Columns = { Time = "at" } }).Read(TestContext.Current.CancellationToken).ToList();
        Assert.Equal(["rows-1", "rows-2", "rows-3", "rows-4", "rows-5"], read.Select(static e => e.Id));
        Assert.Equal([new Feature("amount", 0.5, null), new Feature("country", 0, "c0"), new Feature("count", 0, null), new Feature("fresh", 0, "true")], Features(read[0]));
        // A null and a NaN are missing.
        Assert.Equal(["country", "count", "fresh"], Features(read[1]).Select(static f => f.Name));
        Assert.Equal(["country", "count", "fresh"], Features(read[2]).Select(static f => f.Name));
        Assert.Equal(new Target.Label("spam"), read[0].Target);
        Assert.Equal(new DateTimeOffset(2026, 11, 23, 10, 0, 4, TimeSpan.Zero), read[4].EventTime);
    }

    [Fact]
    public void Reads_all_record_batches_and_can_be_read_again()
    {
        var path = Write("rows.arrow", 250, batchSize: 100);
        var reader = ExampleReaders.Open(path, new DataOptions { Columns = { Ignored = ["at"] } });
        Assert.Equal(250, reader.Read(TestContext.Current.CancellationToken).Select(static e => e.Id).Distinct().Count());
        Assert.Equal(250, reader.Read(TestContext.Current.CancellationToken).Count());
    }

    [Fact]
    public void Damaged_files_give_a_data_exception()
    {
        var bytes = File.ReadAllBytes(Write("rows.arrow", 50));
        var random = SplitMix64.Of(1, 0);
        for (var i = 0; i < 300; i++)
        {
            var damaged = (byte[])bytes.Clone();
            if (i % 2 == 0)
                damaged = damaged[..random.Below(damaged.Length)];
            else
                damaged[random.Below(damaged.Length)] ^= (byte)(1 << random.Below(8));
            var path = _folder.Write("damaged.arrow", damaged);
            try
            {
                foreach (var example in ExampleReaders.Open(path, new DataOptions()).Read(TestContext.Current.CancellationToken))
                    Assert.NotEmpty(example.Id);
            }
            catch (Exception e) when (e is DataSourceException or DataOptionException)
            {
                Assert.NotEmpty(e.Message);
            }
        }
    }

    private static IReadOnlyList<Feature> Features(Example example) => ((ExampleInput.Features)example.Input).Items;

    private string Write(string name, int rows, bool isFile = true, CompressionCodecType? codec = null, int batchSize = int.MaxValue)
    {
        var schema = new Schema(
        [
            new Field("label", StringType.Default, nullable: false),
            new Field("amount", DoubleType.Default, nullable: true),
            new Field("country", new DictionaryType(Int32Type.Default, StringType.Default, ordered: false), nullable: false),
            new Field("count", Int64Type.Default, nullable: false),
            new Field("fresh", BooleanType.Default, nullable: false),
            new Field("at", new TimestampType(Apache.Arrow.Types.TimeUnit.Microsecond, "UTC"), nullable: false),
        ], null);
        using var stream = new MemoryStream();
        var options = new IpcOptions { CompressionCodec = codec, CompressionCodecFactory = new CompressionCodecFactory() };
        using (var writer = isFile ? new ArrowFileWriter(stream, schema, leaveOpen: true, options) : new ArrowStreamWriter(stream, schema, leaveOpen: true, options))
        {
            foreach (var part in Enumerable.Range(0, rows).Chunk(batchSize))
                writer.WriteRecordBatch(new RecordBatch(schema, Columns(part), part.Length));
            writer.WriteEnd();
        }

        return _folder.Write(name, stream.ToArray());
    }

    private static IEnumerable<IArrowArray> Columns(int[] rows)
    {
        var countries = new StringArray.Builder().Append("c0").Append("c1").Append("c2").Build();
        var start = new DateTimeOffset(2026, 11, 23, 10, 0, 0, TimeSpan.Zero);
        yield return new StringArray.Builder().AppendRange(rows.Select(static i => i % 2 == 0 ? "spam" : "ham")).Build();
        yield return Build(new DoubleArray.Builder(), rows.Select(static i => i % 5 == 1 ? (double?)null : i % 5 == 2 ? double.NaN : i + 0.5));
        yield return new DictionaryArray(
            new DictionaryType(Int32Type.Default, StringType.Default, false), new Int32Array.Builder().AppendRange(rows.Select(static i => i % 3)).Build(), countries);
        yield return new Int64Array.Builder().AppendRange(rows.Select(static i => (long)i)).Build();
        yield return new BooleanArray.Builder().AppendRange(rows.Select(static i => i % 2 == 0)).Build();
        yield return new TimestampArray.Builder(new TimestampType(Apache.Arrow.Types.TimeUnit.Microsecond, "UTC")).AppendRange(rows.Select(i => start.AddSeconds(i))).Build();
    }

    private static DoubleArray Build(DoubleArray.Builder builder, IEnumerable<double?> values)
    {
        foreach (var value in values)
            builder.Append(value);
        return builder.Build();
    }
}
