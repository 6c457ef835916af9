using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Tasks.Detection;
using HnmStreams.Tasks.Faces;
using HnmStreams.Tasks.Images;
using SkiaSharp;

namespace HnmStreams.Tasks.Tests.Images;

public sealed class ImageOrientationTests
{
    private const int Height = 32, Width = 64;

    private const double Tolerance = 8;

    public static TheoryData<string, int> Cases
    {
        get
        {
            var cases = new TheoryData<string, int>();
            foreach (var task in (string[])["images", "faces", "detection", "detection scaled"])
            {
                for (var orientation = 1; orientation <= 8; orientation++)
                    cases.Add(task, orientation);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_task_rotates_images_upright(string name, int orientation)
    {
        var scale = name.EndsWith("scaled", StringComparison.Ordinal) ? 2 : 1;
        var (task, target) = Create(name, Height / scale, Width / scale);
        using var rows = new RowBuffer();
        Assert.Null(task.Encode(new Example("turned", target, new ExampleInput.EncodedImage(TestImages.Stored(orientation, Width, Height, Quadrants))), rows));
        var pixels = rows.Payload(0)[..(3 * Height * Width / scale / scale)];
        var difference = 0.0;
        for (var i = 0; i < pixels.Length; i += 3)
        {
            var expected = Quadrants(i / 3 % (Width / scale) * scale, i / 3 / (Width / scale) * scale);
            difference += Math.Abs(pixels[i] - expected.Red) + Math.Abs(pixels[i + 1] - expected.Green) + Math.Abs(pixels[i + 2] - expected.Blue);
        }

        Assert.InRange(difference / pixels.Length, 0, Tolerance);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    public void Boxes_are_scaled_by_the_upright_size(int orientation)
    {
        var (task, _) = Create("detection", Height / 2, Width / 2);
        using var rows = new RowBuffer();
        var target = new Target.Boxes([new LabeledBox(20, 8, 60, 24, "object")]);
        Assert.Null(task.Encode(new Example("box", target, new ExampleInput.EncodedImage(TestImages.Stored(orientation, Width, Height, Quadrants))), rows));
        var region = Tasks.Detection.Rows.DetectionRow.Objects(rows, 0, 3 * Height / 2 * Width / 2)[0].Region;
        Assert.Equal((10f, 4f, 30f, 12f), (region.Left, region.Top, region.Right, region.Bottom));
    }

    [Fact]
    public void A_rejected_size_is_reported_with_its_upright_height_and_width()
    {
        var (task, target) = Create("images", Height, Width);
        using var rows = new RowBuffer();
        var rejection = task.Encode(new Example("side", target, new ExampleInput.EncodedImage(TestImages.WithOrientation(TestImages.Encode(Width, Height, SKEncodedImageFormat.Jpeg, Quadrants), 6))), rows);
        Assert.Contains($"must be {Height} x {Width} pixels but is {Width} x {Height}", rejection!.Detail, StringComparison.Ordinal);
    }

    private static (IMiningTask Task, Target Target) Create(string name, int height, int width) => name.Split(' ')[0] switch
    {
        "images" => (new ImagesTask(new ImagesOptions { Positive = "1", Height = height, Width = width, Channels = 3 }), new Target.ClassIndex(1)),
        "faces" => (new FacesTask(new FacesOptions { Height = height, Width = width, Channels = 3 }), new Target.Identity("one")),
        _ => (new DetectionTask(new DetectionOptions { Labels = ["object"], Height = height, Width = width }), new Target.Boxes([])),
    };

    private static SKColor Quadrants(int x, int y) => (x < Width / 2, y < Height / 2) switch
    {
        (true, true) => new SKColor(200, 40, 40),
        (false, true) => new SKColor(40, 200, 40),
        (true, false) => new SKColor(40, 40, 200),
        _ => new SKColor(220, 220, 220),
    };
}
