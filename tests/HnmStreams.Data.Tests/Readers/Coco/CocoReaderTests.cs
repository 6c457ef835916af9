using System.Text;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Options;
using HnmStreams.Data.Readers;
using HnmStreams.Data.Readers.Coco;
using HnmStreams.Data.Sets;
using HnmStreams.Data.Tests.Readers.Images;

namespace HnmStreams.Data.Tests.Readers.Coco;

public sealed class CocoReaderTests : IDisposable
{
    private const string Categories = """{"id":3,"name":"car","supercategory":"vehicle"},{"id":90,"name":"toothbrush"}""";

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("annotations/instances_train2017.json", "train2017")]
    [InlineData("annotations/instances_train2017.json.gz", "images/train2017")]
    [InlineData("instances_train.json", "images")]
    [InlineData("annotations/instances_default.json", "")]
    public void Reads_boxes_by_image_with_ids_that_are_not_contiguous(string file, string images)
    {
        // As in the files of COCO, categories follow the annotations, which are not sorted by image.
        _folder.Write(file, "\uFEFF" + $$$"""
            {"info":{"year":2017,"nested":[1,{"a":[2]}]},"licenses":[{"id":1}],
             "images":[{"id":7,"file_name":"b.jpg","width":120,"height":80,"license":1},{"id":2,"file_name":"sub/a.png","height":80,"width":120},{"id":9,"file_name":"c.jpg"}],
             "annotations":[
               {"id":1,"image_id":2,"category_id":90,"bbox":[1,2,30.5,40],"area":1220,"iscrowd":0,"segmentation":[[1,2,31.5,2,31.5,42]]},
               {"id":2,"image_id":7,"category_id":3,"bbox":[10,20,5,6],"iscrowd":1,"segmentation":{"counts":[1,2,3],"size":[80,120]}},
               {"id":3,"image_id":2,"category_id":3,"bbox":[0,0,9,9]}],
             "categories":[{{{Categories}}}],"version":"1"}
            """);
        foreach (var name in (string[])["b.jpg", "sub/a.png", "c.jpg"])
            _folder.Write(Path.Combine(images, name), ImageHeaderTests.Jpeg(120, 80));
        var read = Read();
        Assert.Equal(["b.jpg", "sub/a.png", "c.jpg"], read.Select(e => e.Id));
        Assert.Equal([new LabeledBox(10, 20, 15, 26, "car", Difficult: true)], BoxesOf(read[0]));
        Assert.Equal([new LabeledBox(1, 2, 31.5f, 42, "toothbrush"), new LabeledBox(0, 0, 9, 9, "car")], BoxesOf(read[1]));
        Assert.Empty(BoxesOf(read[2]));
    }

    [Fact]
    public void Parts_are_named_by_the_split()
    {
        Write("annotations/instances_train2017.json", Image(1, "a.jpg"), "");
        Write("annotations/instances_val2017.json", Image(1, "b.jpg"), "");
        _folder.Write("annotations/person_keypoints_val2017.json", "{}");
        _folder.Write("train2017/a.jpg", ImageHeaderTests.Jpeg(9, 9));
        _folder.Write("val2017/b.jpg", ImageHeaderTests.Jpeg(9, 9));
        var options = new DataOptions { Split = { Test = "val2017" } };
        var set = ExampleSet.Open(_folder.Path, null, options);
        Assert.True(set.HasTest);
        Assert.Equal("a.jpg", set.Load(SetPart.Train, TestContext.Current.CancellationToken).Single().Id);
        Assert.Equal("b.jpg", set.Load(SetPart.Test, TestContext.Current.CancellationToken).Single().Id);
        Assert.True(ExampleReaders.HasPart(_folder.Path, options, "val"));
        Assert.Contains("train2017, val2017", Assert.Throws<DataSourceException>(() => ExampleReaders.Open(_folder.Path, options, "dev")).Expected, StringComparison.Ordinal);

        var alone = ExampleReaders.Open(Path.Combine(_folder.Path, "annotations", "instances_val2017.json"), new DataOptions());
        Assert.Equal("b.jpg", alone.Read(TestContext.Current.CancellationToken).Single().Id);
    }

    [Fact]
    public void Boxes_are_clipped_and_those_without_area_or_image_are_counted()
    {
        Write("instances_train.json", Image(1, "a.jpg", 120, 80), """
            {"id":1,"image_id":1,"category_id":3,"bbox":[-5,70,20,30]},{"id":2,"image_id":1,"category_id":3,"bbox":[10,10,0,5]},
            {"id":3,"image_id":1,"category_id":3,"bbox":[10,10,-4,5]},{"id":4,"image_id":44,"category_id":3,"bbox":[1,1,2,2]}
            """);
        _folder.Write("images/a.jpg", ImageHeaderTests.Jpeg(120, 80));
        var skipped = new SkipCounts();
        var read = ExampleReaders.Open(_folder.Path, new DataOptions(), "train", skipped).Read(TestContext.Current.CancellationToken).Single();
        Assert.Equal([new LabeledBox(0, 70, 15, 80, "car")], BoxesOf(read));
        Assert.Equal("2 boxes without area (such as a.jpg), 1 boxes clipped to the image (such as a.jpg), 1 boxes of images that are not listed (such as image 44)", skipped.ToString());
    }

    [Theory]
    [InlineData(80, 120, 6, null)]
    [InlineData(0, 0, 6, null)]
    [InlineData(120, 80, 6, "EXIF orientation 6")]
    [InlineData(240, 160, 0, "120 x 80")]
    public void The_size_of_the_annotation_must_be_that_of_the_upright_image(int width, int height, int orientation, string? problem)
    {
        Write("instances_train.json", Image(1, "a.jpg", width, height), "");
        _folder.Write("a.jpg", ImageHeaderTests.Jpeg(120, 80, orientation));
        if (problem is null)
            Assert.Single(Read());
        else
            Assert.Contains(problem, Assert.Throws<DataSourceException>(Read).Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"id":1,"file_name":"../secret.jpg"}""", "", "../secret.jpg")]
    [InlineData("""{"id":1,"file_name":"/etc/secret.jpg"}""", "", "/etc/secret.jpg")]
    [InlineData("""{"id":1,"file_name":"missing.jpg"}""", "", "missing.jpg")]
    [InlineData("""{"id":1,"file_name":"a.jpg"},{"id":1,"file_name":"b.jpg"}""", "", "Element 1 of 'images': The image id 1 occurs twice")]
    [InlineData("""{"id":1}""", "", "Element 0 of 'images'")]
    [InlineData("""{"id":1,"file_name":"a.jpg"}""", """{"id":5,"image_id":1,"category_id":3,"bbox":[1,2,3]}""", "annotation 5")]
    [InlineData("""{"id":1,"file_name":"a.jpg"}""", """{"id":5,"image_id":1,"category_id":3,"bbox":[1,2,3,1e39]}""", "annotation 5")]
    [InlineData("""{"id":1,"file_name":"a.jpg"}""", """{"id":5,"image_id":1,"category_id":3,"bbox":null}""", "annotation 5")]
    [InlineData("""{"id":1,"file_name":"a.jpg"}""", """{"id":5,"image_id":1,"category_id":4,"bbox":[1,2,3,4]}""", "category 4")]
    [InlineData("""{"id":1,"file_name":"a.jpg"}""", """{"id":5,"image_id":"x","category_id":3,"bbox":[1,2,3,4]}""", "Element 0 of 'annotations'")]
    [InlineData("""{"id":1,"file_name":"a.jpg"}""", """null""", "Element 0 of 'annotations'")]
    [InlineData("", "", "0 images")]
    public void Reports_problems_with_the_path(string images, string annotations, string problem)
    {
        Write("instances_train.json", images, annotations);
        _folder.Write("a.jpg", ImageHeaderTests.Jpeg(120, 80));
        Assert.Contains(problem, Assert.Throws<DataSourceException>(Read).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[1,2]")]
    [InlineData("3")]
    [InlineData("""{"images":[{"id":1,"file_name":"a.jpg"}""")]
    [InlineData("""{"images":[{"id":1,"file_name":"a.jpg"}],,}""")]
    public void A_damaged_file_is_an_error_that_names_it(string text)
    {
        _folder.Write("instances_train.json", text);
        Assert.EndsWith("instances_train.json", Assert.Throws<DataSourceException>(Read).Path, StringComparison.Ordinal);
    }

    [Fact]
    public void Elements_equal_those_of_a_document_at_any_buffer_boundary()
    {
        var generator = new Numbers(3);
        for (var round = 0; round < 30; round++)
        {
            // Elements of up to some 200 KB, so that buffers end inside them and grow.
            var parts = Enumerable.Range(0, 1 + generator.NextInt32(6)).Select(i => (Name: $"m{i}", Elements: Enumerable.Range(0, generator.NextInt32(5)).Select(_ => Element(generator)).ToArray())).ToArray();
            var text = "{" + string.Join(",", parts.Select(p => $"\"{p.Name}\":[{string.Join(" , ", p.Elements)}],\"s{p.Name}\":{{\"value\":{Element(generator)}}}")) + "}";
            using var stream = new ShortReads(Encoding.UTF8.GetBytes(text), generator);
            var elements = new JsonArrayElements(stream);
            var read = new List<(string, string)>();
            while (elements.Read())
                read.Add((elements.Array, Encoding.UTF8.GetString(elements.Element)));
            Assert.Equal(parts.SelectMany(p => p.Elements.Select(e => (p.Name, e))), read);
        }
    }

    [Fact]
    public void An_element_above_the_limit_is_an_error_and_takes_bounded_memory()
    {
        using var stream = new Endless("""{"annotations":[{"segmentation":[1""", ",1");
        Assert.Throws<System.Text.Json.JsonException>(() => new JsonArrayElements(stream, maxElementBytes: 1 << 20).Read());
        Assert.InRange(stream.Sent, 1 << 19, 2 << 20);
    }

    private static string Element(Numbers generator) => generator.NextInt32(5) switch
    {
        0 => "12.5",
        1 => "\"text with ] and } and \\\" in it\"",
        2 => "[1,[2,{\"a\":null}]]",
        3 => $$$"""{"id":{{{generator.NextInt32(1000)}}},"nested":{"name":"ä"}}""",
        _ => $$"""{"segmentation":[{{string.Join(",", Enumerable.Repeat("123.25", generator.NextInt32(30_000)))}}]}""",
    };

    private static string Image(int id, string file, int width = 0, int height = 0) => $$"""{"id":{{id}},"file_name":"{{file}}","width":{{width}},"height":{{height}}}""";

    private static IReadOnlyList<LabeledBox> BoxesOf(Example example) => ((Target.Boxes)example.Target).Items;

    private void Write(string path, string images, string annotations) =>
        _folder.Write(path, $$"""{"images":[{{images}}],"annotations":[{{annotations}}],"categories":[{{Categories}}]}""");

    private List<Example> Read() => [.. ExampleReaders.Open(_folder.Path, new DataOptions()).Read(TestContext.Current.CancellationToken)];

    /// <summary>Pseudo-random numbers: a linear congruential generator (Knuth's MMIX).</summary>
    private sealed class Numbers(ulong seed)
    {
        private ulong _state = seed;

        public int NextInt32(int bound) => (int)((_state = (_state * 6364136223846793005) + 1442695040888963407) >> 33) % bound;
    }

    /// <summary>A stream that returns a few bytes per read.</summary>
    private sealed class ShortReads(byte[] bytes, Numbers generator) : MemoryStream(bytes)
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, 1 + generator.NextInt32(5_000))]);
    }

    /// <summary>A stream without end.</summary>
    private sealed class Endless(string beginning, string repeated) : Stream
    {
        private readonly byte[] _beginning = Encoding.UTF8.GetBytes(beginning), _repeated = Encoding.UTF8.GetBytes(repeated);

        public long Sent { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => Sent; set => throw new NotSupportedException(); }

        public override int Read(Span<byte> buffer)
        {
            for (var i = 0; i < buffer.Length; i++, Sent++)
                buffer[i] = Sent < _beginning.Length ? _beginning[Sent] : _repeated[(Sent - _beginning.Length) % _repeated.Length];
            return buffer.Length;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
