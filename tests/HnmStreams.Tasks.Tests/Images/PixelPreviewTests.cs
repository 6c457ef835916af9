using HnmStreams.Tasks.Images;
using SkiaSharp;

namespace HnmStreams.Tasks.Tests.Images;

public sealed class PixelPreviewTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_preview_has_the_pixels_of_the_row(int channels)
    {
        var shape = new ImageShape(5, 7, channels);
        var pixels = Enumerable.Range(0, shape.Bytes).Select(i => (byte)(i * 37)).ToArray();
        using var decoded = SKBitmap.Decode(PixelPreview.ToPng(pixels, shape));
        Assert.Equal((7, 5), (decoded.Width, decoded.Height));
        for (var i = 0; i < 5 * 7; i++)
        {
            var color = decoded.GetPixel(i % 7, i / 7);
            byte[] expected = channels == 1 ? [pixels[i], pixels[i], pixels[i]] : [.. pixels.Skip(3 * i).Take(3)];
            Assert.Equal(expected, new[] { color.Red, color.Green, color.Blue });
        }

        Assert.Throws<InvalidDataException>(() => PixelPreview.ToPng(pixels.AsSpan(1), shape));
    }
}
