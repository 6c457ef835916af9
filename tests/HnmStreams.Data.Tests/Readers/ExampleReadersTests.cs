using HnmStreams.Data.Options;
using HnmStreams.Data.Readers;

namespace HnmStreams.Data.Tests.Readers;

public sealed class ExampleReadersTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_missing_path_is_reported_with_the_supported_formats()
    {
        var path = Path.Combine(_folder.Path, "nothing");
        var e = Assert.Throws<DataSourceException>(() => ExampleReaders.Open(path, new DataOptions()));
        Assert.Equal(path, e.Path);
        Assert.Contains(".csv", e.Expected, StringComparison.Ordinal);
    }

    [Fact]
    public void Rejects_an_empty_folder() =>
        Assert.Throws<DataSourceException>(() => ExampleReaders.Open(_folder.Path, new DataOptions()));

    [Fact]
    public void A_file_without_extension_is_a_table_only_if_a_delimiter_is_set()
    {
        var path = _folder.Write("data_10_percent", "1,a\n2,b\n");
        Assert.Throws<DataSourceException>(() => ExampleReaders.Open(path, new DataOptions()));
        var reader = ExampleReaders.Open(path, new DataOptions { Table = { Delimiter = ',', Header = false }, Columns = { Label = "1" } });
        Assert.Equal(2, reader.Read().Count());
        Assert.Null(reader.Count);
    }

    [Theory]
    [InlineData("train", "shuttle-train-1")]
    [InlineData("test", "shuttle-test-1")]
    public void Finds_the_table_of_the_part_in_a_folder(string split, string id)
    {
        _folder.Write("shuttle-train.csv.gz", "a,label\n1,0\n");
        _folder.Write("shuttle-test.csv.gz", "a,label\n1,0\n");
        Assert.Equal(id, ExampleReaders.Open(_folder.Path, new DataOptions(), split).Read().First().Id);
    }

    [Fact]
    public void Uses_the_only_table_of_a_folder_for_every_part()
    {
        _folder.Write("creditcard.csv", "a,label\n1,0\n");
        Assert.Equal("creditcard-1", ExampleReaders.Open(_folder.Path, new DataOptions()).Read().First().Id);
    }

    [Fact]
    public void An_ambiguous_folder_is_reported_with_its_tables()
    {
        _folder.Write("a.csv", "a,label\n1,0\n");
        _folder.Write("b.csv", "a,label\n1,0\n");
        var e = Assert.Throws<DataSourceException>(() => ExampleReaders.Open(_folder.Path, new DataOptions()));
        Assert.Contains("a.csv, b.csv", e.Expected, StringComparison.Ordinal);
    }

    [Fact]
    public void HasPart_finds_existing_parts_only()
    {
        _folder.Write("train.csv", "a,label\n1,0\n");
        Assert.True(ExampleReaders.HasPart(_folder.Path, new DataOptions(), "train"));
        Assert.False(ExampleReaders.HasPart(_folder.Path, new DataOptions(), "test"));
        Assert.False(ExampleReaders.HasPart(Path.Combine(_folder.Path, "train.csv"), new DataOptions(), "train"));
    }

    [Theory]
    [InlineData(DataFormat.Voc)]
    [InlineData(DataFormat.Beir)]
    [InlineData(DataFormat.Images)]
    public void Rejects_a_file_if_the_format_requires_a_folder(DataFormat format)
    {
        var path = _folder.Write("a.csv", "a,label\n1,0\n");
        Assert.Equal("format", Assert.Throws<DataOptionException>(() => ExampleReaders.Open(path, new DataOptions { Format = format })).Key);
    }

    [Theory]
    [InlineData(DataFormat.Idx)]
    [InlineData(DataFormat.Images)]
    [InlineData(DataFormat.Csv)]
    [InlineData(DataFormat.Tsv)]
    [InlineData(DataFormat.Jsonl)]
    [InlineData(DataFormat.Examples)]
    [InlineData(DataFormat.Voc)]
    [InlineData(DataFormat.Beir)]
    public void Rejects_an_empty_folder_for_every_format(DataFormat format) =>
        Assert.Throws<DataSourceException>(() => ExampleReaders.Open(_folder.Path, new DataOptions { Format = format }));
}
