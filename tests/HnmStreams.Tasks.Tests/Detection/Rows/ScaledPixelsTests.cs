using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Tasks.Detection.Rows;
using HnmStreams.Tasks.Images.Sizing;
using HnmStreams.Tasks.Tests.Images;
using SkiaSharp;

namespace HnmStreams.Tasks.Tests.Detection.Rows;

public sealed class ScaledPixelsTests
{
    [Theory]
    [InlineData(800, 600, 160, 120, 400, 300)]
    [InlineData(640, 480, 320, 240, 640, 480)]
    [InlineData(200, 100, 320, 240, 200, 100)]
    [InlineData(1024, 1024, 64, 64, 128, 128)]
    public void A_large_JPEG_is_decoded_at_reduced_size(int width, int height, int targetWidth, int targetHeight, int expectedWidth, int expectedHeight) =>
        Assert.Equal(new SKSizeI(expectedWidth, expectedHeight), SizeOf(TestImages.Encode(width, height, SKEncodedImageFormat.Jpeg, Gradient, quality: 50), targetWidth, targetHeight));

    [Fact]
    public void A_PNG_is_decoded_in_full() =>
        Assert.Equal(new SKSizeI(800, 600), SizeOf(TestImages.Encode(800, 600, SKEncodedImageFormat.Png, Gradient), 80, 60));

    [Fact]
    public void Reduced_decoding_does_not_change_the_result_noticeably()
    {
        // A PNG of the same image is decoded in full.
        using var rows = new RowBuffer();
        Encode(TestImages.Encode(1024, 768, SKEncodedImageFormat.Jpeg, Gradient), rows);
        Encode(TestImages.Encode(1024, 768, SKEncodedImageFormat.Png, Gradient), rows);
        var reduced = rows.Payload(0);
        var full = rows.Payload(1);
        var difference = 0.0;
        for (var i = 0; i < full.Length; i++)
            difference += Math.Abs(reduced[i] - full[i]);
        Assert.InRange(difference / full.Length, 0, 3);
    }

    /// <summary>A JPEG is decoded at a reduced size, so that the limit of decoded pixels concerns only what must be decoded in full.</summary>
    [Fact]
    public void Images_that_must_be_decoded_in_full_are_limited_by_the_size_of_the_network()
    {
        var limits = new Tasks.Detection.DetectionOptions { Width = 64, Height = 48 }.Limits;
        Assert.Equal(64 * 64 * 48, limits.MaxDecodedPixels);
        Assert.Null(Reject(TestImages.Encode(512, 384, SKEncodedImageFormat.Png, Gradient), limits));
        var rejection = Reject(TestImages.Encode(513, 384, SKEncodedImageFormat.Png, Gradient), limits);
        Assert.Equal("too-large", rejection!.Reason);
        Assert.Contains("task.detection.maxDecodedPixels", rejection.Detail, StringComparison.Ordinal);
        Assert.Null(Reject(TestImages.Encode(1024, 768, SKEncodedImageFormat.Jpeg, Gradient), limits));

        using var rows = new RowBuffer();
        var planes = new ExampleInput.Dense(ElementType.UInt8, [3, 384, 513], new byte[3 * 384 * 513]);
        Assert.Equal("too-large", ScaledPixels.Encode(planes, limits, rows, out _)!.Reason);
    }

    private static Rejection? Reject(byte[] file, ImageLimits limits)
    {
        using var rows = new RowBuffer();
        return ScaledPixels.Encode(new ExampleInput.EncodedImage(file), limits, rows, out _);
    }

    private static void Encode(byte[] file, RowBuffer rows)
    {
        Assert.Null(ScaledPixels.Encode(new ExampleInput.EncodedImage(file), new ImageLimits(64, 48, 1 << 24, 1 << 24), rows, out var scale));
        Assert.Equal((64 / 1024f, 48 / 768f), scale);
        rows.Commit(0, 1);
    }

    private static SKSizeI SizeOf(byte[] file, int width, int height)
    {
        using var data = SKData.CreateCopy(file);
        using var codec = SKCodec.Create(data);
        return DecodedImage.ReducedSize(codec, (width, height));
    }

    private static SKColor Gradient(int x, int y) => new((byte)(x / 8), (byte)(y / 8), (byte)((x + y) / 16));
}
