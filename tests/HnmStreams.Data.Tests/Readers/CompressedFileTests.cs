using System.Text;
using HnmStreams.Data.Options;
using HnmStreams.Data.Readers;

namespace HnmStreams.Data.Tests.Readers;

public sealed class CompressedFileTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("t.csv.zst", "a,b,label\n1,2,x\n3,4,y\n")]
    [InlineData("t.tsv.zst", "a\tb\tlabel\n1\t2\tx\n3\t4\ty\n")]
    [InlineData("t.jsonl.zst", "{\"a\":1,\"b\":2,\"label\":\"x\"}\n{\"a\":3,\"b\":4,\"label\":\"y\"}\n")]
    public void Reads_text_files_compressed_by_zstd(string name, string text)
    {
        var path = Write(name, Encoding.UTF8.GetBytes(text));
        Assert.Equal(["t-1", "t-2"], ExampleReaders.Open(path, new DataOptions()).Read(TestContext.Current.CancellationToken).Select(static e => e.Id));
    }

    [Fact]
    public void A_truncated_zstd_file_is_reported()
    {
        var text = string.Concat(Enumerable.Range(0, 5_000).Select(static i => $"{{\"label\":{i % 2},\"a\":{i * 7919 % 1000}}}\n"));
        var path = Write("t.jsonl.zst", Encoding.UTF8.GetBytes(text));
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^600]);
        Assert.Throws<DataSourceException>(() => ExampleReaders.Open(path, new DataOptions()).Read().Count());
        var table = Write("t.csv.zst", Encoding.UTF8.GetBytes("a,label\n" + string.Concat(Enumerable.Range(0, 5_000).Select(static i => $"{i * 7919 % 1000},{i % 2}\n"))));
        File.WriteAllBytes(table, File.ReadAllBytes(table)[..^600]);
        Assert.Throws<DataSourceException>(() => ExampleReaders.Open(table, new DataOptions()).Read().Count());
    }

    private string Write(string name, byte[] bytes)
    {
        using var compressor = new ZstdSharp.Compressor();
        return _folder.Write(name, compressor.Wrap(bytes).ToArray());
    }
}
