using HnmStreams.Data.Examples;
using HnmStreams.Data.Options;
using HnmStreams.Data.Readers;
using HnmStreams.Data.Tests.Examples;

namespace HnmStreams.Data.Tests.Readers.Images;

public sealed class ImageFolderReaderTests : IDisposable
{
    private static readonly byte[] Jpeg = [0xFF, 0xD8, 0xFF, 0xE0, 1];
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Reads_classes_and_files_in_ordinal_order()
    {
        _folder.Write("dog/b.PNG", ExampleGen.Png);
        _folder.Write("dog/B.jpg", Jpeg);
        _folder.Write("dog/10.jpeg", Jpeg);
        _folder.Write("dog/2.jpg", Jpeg);
        _folder.Write("dog/notes.txt", "no image");
        _folder.Write("Cat/x.png", ExampleGen.Png);
        _folder.Write("README.md", "no image");
        var reader = ExampleReaders.Open(_folder.Path, new DataOptions());
        var read = reader.Read(TestContext.Current.CancellationToken).ToArray();
        Assert.Equal(["Cat/x.png", "dog/10.jpeg", "dog/2.jpg", "dog/B.jpg", "dog/b.PNG"], read.Select(static e => e.Id), StringComparer.Ordinal);
        Assert.Equal(5, reader.Count);
        Assert.Equal(new Target.Label("Cat"), read[0].Target);
        Assert.Equal(ExampleGen.Png, Assert.IsType<ExampleInput.EncodedImage>(read[0].Input).Data.ToArray());
        Assert.Equal(Jpeg, Assert.IsType<ExampleInput.EncodedImage>(read[1].Input).Data.ToArray());
    }

    [Fact]
    public void Reads_the_subfolder_of_the_part()
    {
        _folder.Write("train/cat/1.jpg", Jpeg);
        _folder.Write("test/cat/2.jpg", Jpeg);
        Assert.Equal("cat/2.jpg", Assert.Single(ExampleReaders.Open(_folder.Path, new DataOptions(), "test").Read()).Id);
    }

    [Fact]
    public void A_class_may_have_the_name_of_a_part()
    {
        _folder.Write("train/1.jpg", Jpeg);
        _folder.Write("bus/1.jpg", Jpeg);
        Assert.Equal(["bus/1.jpg", "train/1.jpg"], ExampleReaders.Open(_folder.Path, new DataOptions()).Read().Select(static e => e.Id), StringComparer.Ordinal);
    }

    [Fact]
    public void Hidden_folders_and_files_are_not_read()
    {
        _folder.Write("cat/1.JPG", Jpeg);
        _folder.Write("cat/._1.JPG", "resource fork");
        _folder.Write(".ipynb_checkpoints/1-checkpoint.jpg", Jpeg);
        _folder.Write("__MACOSX/1.jpg", Jpeg);
        Assert.Equal("cat/1.JPG", Assert.Single(ExampleReaders.Open(_folder.Path, new DataOptions()).Read()).Id);
    }

    [Fact]
    public void Reports_a_file_that_is_not_an_image()
    {
        _folder.Write("cat/1.jpg", "no image");
        var e = Assert.Throws<DataSourceException>(() => ExampleReaders.Open(_folder.Path, new DataOptions()).Read().ToList());
        Assert.EndsWith("1.jpg", e.Path, StringComparison.Ordinal);
    }

    [Fact]
    public void Reports_a_file_above_the_size_limit()
    {
        _folder.Write("cat/1.jpg", [.. Jpeg, .. new byte[100]]);
        var e = Assert.Throws<DataSourceException>(() => ExampleReaders.Open(_folder.Path, new DataOptions { MaxImageBytes = 50 }).Read().ToList());
        Assert.Contains("50 bytes", e.Expected, StringComparison.Ordinal);
    }

    [Fact]
    public void Rejects_folders_without_images_on_opening()
    {
        _folder.Write("s1/1.pbm", "P4");
        Assert.Throws<DataSourceException>(() => ExampleReaders.Open(_folder.Path, new DataOptions()));
    }
}
