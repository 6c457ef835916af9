using HnmStreams.Data.Examples;
using HnmStreams.Data.Options;
using HnmStreams.Data.Readers;
using HnmStreams.Data.Tests.Readers.Images;

namespace HnmStreams.Data.Tests.Readers.Voc;

public sealed class VocReaderTests : IDisposable
{
    private static readonly byte[] Jpeg = [0xFF, 0xD8, 0xFF, 0xE0, 1];
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("annotations", "images", "imagesets")]
    [InlineData("Annotations", "JPEGImages", "ImageSets/Main")]
    public void Reads_the_images_of_a_part_with_their_boxes(string annotations, string images, string sets)
    {
        foreach (var name in (string[])["a", "b", "c"])
        {
            _folder.Write($"{annotations}/{name}.xml", Annotation(Object("cell", 1, 2, 30, 40.5), Object("plate", 5, 5, 9, 9)));
            _folder.Write($"{images}/{name}.jpg", Jpeg);
        }

        _folder.Write($"{sets}/train.txt", "b\n\na\r\n");
        _folder.Write($"{sets}/test.txt", "c\n");
        var read = Read();
        Assert.Equal(["b", "a"], read.Select(static e => e.Id));
        var boxes = Assert.IsType<Target.Boxes>(read[0].Target).Items;
        Assert.Equal([new LabeledBox(1, 2, 30, 40.5f, "cell"), new LabeledBox(5, 5, 9, 9, "plate")], boxes);
        Assert.Equal(Jpeg, Assert.IsType<ExampleInput.EncodedImage>(read[0].Input).Data.ToArray());
        Assert.Equal("c", Assert.Single(ExampleReaders.Open(_folder.Path, new DataOptions(), "test").Read()).Id);
        Assert.True(ExampleReaders.HasPart(_folder.Path, new DataOptions(), "test"));
        Assert.Contains("train.txt", Assert.Throws<DataSourceException>(() => ExampleReaders.Open(_folder.Path, new DataOptions(), "val")).Expected, StringComparison.Ordinal);
    }

    [Fact]
    public void Boxes_without_area_are_skipped_and_counted()
    {
        Write(Annotation(Object("cell", 5, 5, 5, 5), Object("cell", 1, 1, 2, 2), Object("cell", 9, 1, 3, 8)));
        var skipped = new SkipCounts();
        var read = ExampleReaders.Open(_folder.Path, new DataOptions(), "train", skipped).Read().Single();
        Assert.Equal(new LabeledBox(1, 1, 2, 2, "cell"), Assert.Single(((Target.Boxes)read.Target).Items));
        Assert.Equal(2, skipped["boxes without area"]);
        Assert.Equal("2 boxes without area (such as a)", skipped.ToString());
    }

    [Fact]
    public void An_image_of_background_has_no_boxes()
    {
        Write(Annotation());
        Assert.Empty(((Target.Boxes)Read().Single().Target).Items);
    }

    [Theory]
    [InlineData("<annotation><object></annotation>", "object")]
    [InlineData("<list/>", "<list>")]
    [InlineData("<annotation><object><name>x</name></object></annotation>", "bndbox")]
    [InlineData("<annotation><object><name> </name><bndbox/></object></annotation>", "name")]
    [InlineData("<annotation><object><name>x</name><bndbox><xmin>a</xmin></bndbox></object></annotation>", "'a'")]
    [InlineData("<annotation><object><name>x</name><bndbox><xmin>1e99</xmin></bndbox></object></annotation>", "'1e99'")]
    [InlineData("<annotation><object><name>x</name><bndbox><xmin>1</xmin></bndbox></object></annotation>", "ymin")]
    public void Reports_problems_with_the_path(string xml, string problem)
    {
        Write(xml);
        var e = Assert.Throws<DataSourceException>(() => Read());
        Assert.EndsWith("a.xml", e.Path, StringComparison.Ordinal);
        Assert.Contains(problem, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<!DOCTYPE annotation [<!ENTITY a SYSTEM \"file:///etc/hostname\">]><annotation><object><name>&a;</name></object></annotation>")]
    [InlineData("<!DOCTYPE annotation SYSTEM \"http://127.0.0.1:9/x.dtd\"><annotation/>")]
    [InlineData("<!DOCTYPE l [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]><annotation>&b;</annotation>")]
    [InlineData("<annotation>&unknown;</annotation>")]
    public void Rejects_document_types_and_entities(string xml)
    {
        Write(xml);
        Assert.Throws<DataSourceException>(() => Read());
    }

    [Fact]
    public void Rejects_an_annotation_above_the_size_limit()
    {
        Write("<annotation>" + new string(' ', 5 << 20) + "</annotation>");
        Assert.Throws<DataSourceException>(() => Read());
    }

    [Fact]
    public void Rejects_a_list_with_paths_outside_the_set()
    {
        Write(Annotation());
        _folder.Write("imagesets/train.txt", "../../secret\n");
        Assert.Contains("secret", Assert.Throws<DataSourceException>(() => Read()).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Reports_a_missing_image()
    {
        Write(Annotation());
        File.Delete(Path.Combine(_folder.Path, "images", "a.jpg"));
        Assert.EndsWith("a", Assert.Throws<DataSourceException>(() => Read()).Path, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1, 2, 30, 40, 0, 2, 30, 40)]
    [InlineData(1, -5, 30, 40, 1, 0, 30, 40)]
    [InlineData(100, 2, 130, 40, 100, 2, 120, 40)]
    [InlineData(1, 70, 30, 95, 1, 70, 30, 80)]
    public void Boxes_are_clipped_to_the_image_on_every_side(double l, double t, double r, double b, float left, float top, float right, float bottom)
    {
        Write(Annotation(Object("cell", l, t, r, b), Object("cell", 1, 1, 2, 2), Object("cell", 200, 1, 220, 20)));
        _folder.Write("images/a.jpg", ImageHeaderTests.Jpeg(120, 80));
        var skipped = new SkipCounts();
        var read = ExampleReaders.Open(_folder.Path, new DataOptions(), "train", skipped).Read().Single();
        Assert.Equal([new LabeledBox(left, top, right, bottom, "cell"), new LabeledBox(1, 1, 2, 2, "cell")], ((Target.Boxes)read.Target).Items);
        Assert.Equal((1, 1), (skipped["boxes clipped to the image"], skipped["boxes without area"]));
    }

    [Theory]
    [InlineData(80, 120, 6, null)]
    [InlineData(0, 0, 6, null)]
    [InlineData(120, 80, 0, null)]
    [InlineData(120, 80, 6, "EXIF orientation 6")]
    [InlineData(240, 160, 0, "120 x 80")]
    public void The_size_of_the_annotation_must_be_that_of_the_upright_image(int width, int height, int orientation, string? problem)
    {
        Write($"<annotation><size><width>{width}</width><height>{height}</height></size></annotation>");
        _folder.Write("images/a.jpg", ImageHeaderTests.Jpeg(120, 80, orientation));
        if (problem is null)
            Assert.Single(Read());
        else
            Assert.Contains(problem, Assert.Throws<DataSourceException>(() => Read()).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Difficult_objects_are_marked()
    {
        Write("<annotation><object><name>x</name><difficult>1</difficult><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>2</xmax><ymax>2</ymax></bndbox></object></annotation>");
        Assert.True(((Target.Boxes)Read().Single().Target).Items[0].Difficult);
    }

    [Fact]
    public void Extensions_in_upper_case_are_found_and_hidden_files_skipped()
    {
        _folder.Write("annotations/a.XML", Annotation());
        _folder.Write("annotations/._a.xml", "resource fork");
        _folder.Write("images/a.JPG", Jpeg);
        Assert.Equal("a", Assert.Single(Read()).Id);
    }

    private static string Annotation(params string[] objects) => $"<annotation><size><width>640</width></size>{string.Concat(objects)}</annotation>";

    private static string Object(string name, double left, double top, double right, double bottom) => FormattableString.Invariant(
        $"<object><name>{name}</name><bndbox><xmin>{left}</xmin><ymin>{top}</ymin><xmax>{right}</xmax><ymax>{bottom}</ymax></bndbox></object>");

    private void Write(string annotation)
    {
        _folder.Write("annotations/a.xml", annotation);
        _folder.Write("images/a.jpg", Jpeg);
    }

    private List<Example> Read() => [.. ExampleReaders.Open(_folder.Path, new DataOptions()).Read(TestContext.Current.CancellationToken)];
}
