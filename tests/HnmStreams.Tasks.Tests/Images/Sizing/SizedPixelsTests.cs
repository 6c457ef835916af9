using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Tasks.Images;
using HnmStreams.Tasks.Images.Sizing;
using SkiaSharp;

namespace HnmStreams.Tasks.Tests.Images.Sizing;

public sealed class SizedPixelsTests
{
    private static readonly ImageLimits Limits = new(16, 8, 1 << 20, 1 << 20, "task.images");

    [Theory]
    [InlineData("fit", 40, 40, 0, 0, 40, 40, 16, 8)]
    [InlineData("crop", 40, 40, 0, 10, 40, 20, 16, 8)]
    [InlineData("crop", 100, 10, 40, 0, 20, 10, 16, 8)]
    [InlineData("letterbox", 40, 40, 0, 0, 40, 40, 8, 8)]
    [InlineData("letterbox", 100, 10, 0, 0, 100, 10, 16, 2)]
    [InlineData("letterbox", 1000, 1, 0, 0, 1000, 1, 16, 1)]
    [InlineData("crop", 1, 1000, 0, 500, 1, 1, 16, 8)]
    public void The_used_part_and_its_size_follow_from_the_mode(string mode, int width, int height, int left, int top, int partWidth, int partHeight, int scaledWidth, int scaledHeight)
    {
        var fit = ImageFit.Of(mode, width, height, 16, 8);
        Assert.Equal((left, partWidth, partHeight, scaledWidth, scaledHeight), (fit.Left, fit.SourceWidth, fit.SourceHeight, fit.Width, fit.Height));
        Assert.InRange(fit.Top, top - 1, top);
    }

    [Theory]
    [InlineData("fit")]
    [InlineData("crop")]
    [InlineData("letterbox")]
    public void A_photo_is_upright_whatever_its_stored_orientation(string mode)
    {
        byte[]? upright = null;
        for (var orientation = 1; orientation <= 8; orientation++)
        {
            // Red on the left, blue on the right.
            var file = TestImages.Stored(orientation, 48, 32, static (x, _) => x < 24 ? SKColors.Red : SKColors.Blue);
            var pixels = Encode(new ExampleInput.EncodedImage(file), new ImageShape(8, 16, 3), mode);
            upright ??= pixels;
            var error = pixels.Zip(upright, static (a, b) => Math.Abs(a - b)).Max();
            Assert.InRange(error, 0, 60);
            var left = (4 * 16 * 3) + (3 * 3);
            Assert.True(pixels[left] > pixels[left + 2], $"orientation {orientation}");
        }
    }

    [Fact]
    public void Letterbox_fills_the_rest_and_crop_fills_everything()
    {
        var white = new ExampleInput.Dense(ElementType.UInt8, [40, 40], Enumerable.Repeat((byte)255, 1_600).ToArray());
        var boxed = Encode(white, new ImageShape(8, 16, 1), "letterbox");
        Assert.Equal([7, 7, 7, 7, 255, 255, 255, 255, 255, 255, 255, 255, 7, 7, 7, 7], boxed[..16]);
        Assert.All(Encode(white, new ImageShape(8, 16, 1), "crop"), static pixel => Assert.Equal(255, pixel));
    }

    [Fact]
    public void Gray_tensors_become_colors_and_colors_become_luma()
    {
        Assert.Equal([9, 9, 9], Encode(new ExampleInput.Dense(ElementType.UInt8, [1, 1, 1], new byte[] { 9 }), new ImageShape(1, 1, 3), "fit"));
        Assert.Equal([76], Encode(new ExampleInput.Dense(ElementType.UInt8, [3, 1, 1], new byte[] { 255, 0, 0 }), new ImageShape(1, 1, 1), "fit"));
    }

    [Fact]
    public void An_image_above_the_limit_is_rejected_and_names_the_setting()
    {
        using var rows = new RowBuffer();
        var rejection = SizedPixels.Encode(InputView.OfTensor(ElementType.UInt8, [2_000, 2_000], default), new ImageShape(8, 16, 1), "fit", 0, Limits, rows);
        Assert.Equal("too-large", rejection!.Reason);
        Assert.Contains("task.images.maxPixels", rejection.Detail, StringComparison.Ordinal);
    }

    private static byte[] Encode(ExampleInput input, ImageShape shape, string mode)
    {
        using var rows = new RowBuffer();
        Assert.Null(SizedPixels.Encode(InputView.Of(input), shape, mode, 7, Limits, rows));
        rows.Commit(0, 1);
        return rows.Payload(0).ToArray();
    }
}
