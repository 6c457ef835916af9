using HnmStreams.Data.Examples;
using HnmStreams.Data.Options;
using HnmStreams.Data.Readers;

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
        Assert.Equal([new Box(1, 2, 30, 40.5f, "cell"), new Box(5, 5, 9, 9, "plate")], boxes);
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
        Assert.Equal(new Box(1, 1, 2, 2, "cell"), Assert.Single(((Target.Boxes)read.Target).Items));
        Assert.Equal(2, skipped["boxes without area"]);
        Assert.Equal("2 boxes without area", skipped.ToString());
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
    [InlineData("<annotation><object><name>x</name><bndbox><xmin>-1</xmin></bndbox></object></annotation>", "'-1'")]
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
    public void Document_types_and_entities_are_refused(string xml)
    {
        Write(xml);
        Assert.Throws<DataSourceException>(() => Read());
    }

    [Fact]
    public void An_annotation_without_end_is_refused()
    {
        Write("<annotation>" + new string(' ', 5 << 20) + "</annotation>");
        Assert.Throws<DataSourceException>(() => Read());
    }

    [Fact]
    public void A_list_that_leads_out_of_the_set_is_refused()
    {
        Write(Annotation());
        _folder.Write("imagesets/train.txt", "../../secret\n");
        Assert.Contains("secret", Assert.Throws<DataSourceException>(() => Read()).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_picture_is_named()
    {
        Write(Annotation());
        File.Delete(Path.Combine(_folder.Path, "images", "a.jpg"));
        Assert.EndsWith("a", Assert.Throws<DataSourceException>(() => Read()).Path, StringComparison.Ordinal);
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
