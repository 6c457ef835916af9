using System.Buffers.Binary;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Options;
using HnmStreams.Data.Readers;
using HnmStreams.Testing.Fuzzing;

namespace HnmStreams.Data.Tests.Readers.Idx;

public sealed class IdxReaderTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("", "")]
    [InlineData(".gz", ".gz")]
    [InlineData(".gz", "")]
    [InlineData("", ".gz")]
    public void Reads_images_and_labels_in_order_with_and_without_gzip(string images, string labels)
    {
        _folder.Write("train-images-idx3-ubyte" + images, Idx(3, 2, 3, Pixels(18)));
        _folder.Write("train-labels-idx1-ubyte" + labels, Idx([7, 0, 255]));
        var reader = ExampleReaders.Open(_folder.Path, new DataOptions());
        Assert.Equal(3, reader.Count);
        var read = reader.Read(TestContext.Current.CancellationToken).ToArray();
        Assert.Equal(["train-0", "train-1", "train-2"], read.Select(static e => e.Id), StringComparer.Ordinal);
        Assert.Equal([7, 0, 255], read.Select(static e => ((Target.ClassIndex)e.Target).Index));
        var second = Assert.IsType<ExampleInput.Dense>(read[1].Input);
        Assert.Equal(ElementType.UInt8, second.Type);
        Assert.Equal([2, 3], second.Shape);
        Assert.Equal([6, 7, 8, 9, 10, 11], second.Data.ToArray());
    }

    [Fact]
    public void Supports_concurrent_enumerations()
    {
        WriteSet("train", 3);
        var reader = ExampleReaders.Open(_folder.Path, new DataOptions());
        var pairs = reader.Read().Zip(reader.Read(), static (a, b) => ExampleText.Of(a) == ExampleText.Of(b)).ToArray();
        Assert.Equal([true, true, true], pairs);
    }

    [Theory]
    [InlineData("test", "t10k-0")]
    [InlineData("t10k", "t10k-0")]
    [InlineData("train", "train-0")]
    public void The_part_selects_the_files(string split, string first)
    {
        WriteSet("train", 2);
        WriteSet("t10k", 1);
        Assert.Equal(first, ExampleReaders.Open(_folder.Path, new DataOptions(), split).Read().First().Id);
    }

    [Fact]
    public void The_path_may_be_the_images_file()
    {
        WriteSet("t10k", 2);
        var reader = ExampleReaders.Open(Path.Combine(_folder.Path, "t10k-images-idx3-ubyte"), new DataOptions());
        Assert.Equal(["t10k-0", "t10k-1"], reader.Read().Select(static e => e.Id), StringComparer.Ordinal);
    }

    [Fact]
    public void An_unknown_part_is_reported_with_the_existing_parts()
    {
        WriteSet("train", 1);
        var e = OpenFailure("valid");
        Assert.Contains(_folder.Path, e.Message, StringComparison.Ordinal);
        Assert.Contains("train", e.Expected, StringComparison.Ordinal);
    }

    [Fact]
    public void Reports_missing_labels()
    {
        _folder.Write("train-images-idx3-ubyte.gz", Idx(1, 1, 1, Pixels(1)));
        Assert.EndsWith("train-labels-idx1-ubyte.gz", OpenFailure().Path, StringComparison.Ordinal);
    }

    [Fact]
    public void Rejects_a_different_number_of_labels_and_images()
    {
        _folder.Write("train-images-idx3-ubyte", Idx(2, 1, 1, Pixels(2)));
        _folder.Write("train-labels-idx1-ubyte", Idx([1]));
        Assert.Contains("1 labels", OpenFailure().Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0000080200000001")] // two dimensions
    [InlineData("00000D0300000001000000010000000100000000")] // floats
    [InlineData("00000803000000010000000000000001")] // no rows
    [InlineData("0000080300000001FFFFFFFF00000001")] // a negative number of rows
    [InlineData("00000803000000017FFFFFFF7FFFFFFF")] // 4 * 10^18 pixels
    [InlineData("000008030000")] // truncated
    [InlineData("")]
    public void Rejects_an_invalid_header_on_opening(string hex)
    {
        _folder.Write("train-images-idx3-ubyte", Convert.FromHexString(hex));
        _folder.Write("train-labels-idx1-ubyte", Idx([1]));
        Assert.EndsWith("train-images-idx3-ubyte", OpenFailure().Path, StringComparison.Ordinal);
    }

    [Fact]
    public void Reads_a_truncated_file_up_to_its_end_and_then_fails()
    {
        _folder.Write("train-images-idx3-ubyte", Idx(3, 1, 2, Pixels(5)));
        _folder.Write("train-labels-idx1-ubyte", Idx([1, 2, 3]));
        var read = new List<string>();
        var e = Assert.Throws<DataSourceException>(() =>
        {
            foreach (var example in ExampleReaders.Open(_folder.Path, new DataOptions()).Read())
                read.Add(example.Id);
        });
        Assert.Equal(["train-0", "train-1"], read);
        Assert.Contains("item 2", e.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Rejects_data_after_the_last_item()
    {
        _folder.Write("train-images-idx3-ubyte", Idx(1, 1, 2, Pixels(3)));
        _folder.Write("train-labels-idx1-ubyte", Idx([1]));
        Assert.Throws<DataSourceException>(() => ExampleReaders.Open(_folder.Path, new DataOptions()).Read().Count());
    }

    [Fact]
    public void Reading_can_be_canceled()
    {
        WriteSet("train", 3);
        using var stop = new CancellationTokenSource();
        using var read = ExampleReaders.Open(_folder.Path, new DataOptions()).Read(stop.Token).GetEnumerator();
        Assert.True(read.MoveNext());
        stop.Cancel();
        Assert.Throws<OperationCanceledException>(() => read.MoveNext());
    }

    private static byte[] Pixels(int count) => [.. Enumerable.Range(0, count).Select(static i => (byte)i)];

    private static byte[] Idx(int count, int height, int width, byte[] data) => [0, 0, 8, 3, .. Int(count), .. Int(height), .. Int(width), .. data];

    private static byte[] Idx(byte[] labels) => [0, 0, 8, 1, .. Int(labels.Length), .. labels];

    private static byte[] Int(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }

    private void WriteSet(string split, int count)
    {
        _folder.Write(split + "-images-idx3-ubyte", Idx(count, 1, 2, Pixels(2 * count)));
        _folder.Write(split + "-labels-idx1-ubyte", Idx(Pixels(count)));
    }

    private DataSourceException OpenFailure(string part = "train") =>
        Assert.Throws<DataSourceException>(() => ExampleReaders.Open(_folder.Path, new DataOptions(), part));
}
