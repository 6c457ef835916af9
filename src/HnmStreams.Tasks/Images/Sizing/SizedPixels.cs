using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using SkiaSharp;

namespace HnmStreams.Tasks.Images.Sizing;

/// <summary>The decoding of images of any size into pixels of one size.</summary>
internal static class SizedPixels
{
    /// <summary>
    /// Decodes, resizes and writes an image after the committed rows, pixel by pixel, or returns the rejection. Gray is the luma of
    /// ITU-R BT.601.
    /// </summary>
    /// <param name="mode"><c>fit</c>, <c>crop</c> or <c>letterbox</c>; see <see cref="ImageFit"/>.</param>
    /// <param name="padding">The brightness of the bars of <c>letterbox</c>.</param>
    public static Rejection? Encode(in InputView input, ImageShape shape, string mode, byte padding, in ImageLimits limits, RowBuffer rows)
    {
        if (DecodedImage.Open(input, limits, allowsGray: true, out var image) is { } rejection)
            return rejection;
        using (image.Pixels)
        {
            var orientation = image.Orientation;
            var (width, height) = orientation.Turn(shape.Width, shape.Height);
            var fit = ImageFit.Of(mode, image.Pixels!.Width, image.Pixels.Height, width, height);
            using var source = new SKBitmap();
            image.Pixels.ExtractSubset(source, SKRectI.Create(fit.Left, fit.Top, fit.SourceWidth, fit.SourceHeight));
            using var scaled = source.Resize(new SKImageInfo(fit.Width, fit.Height, SKColorType.Rgba8888, image.Pixels.AlphaType), DecodedImage.Sampling);
            var pixels = rows.GetSpan(shape.Bytes)[..shape.Bytes];
            pixels.Fill(padding);
            Write(scaled.GetPixelSpan(), fit, orientation, (width, height), shape, pixels);
            rows.Advance(shape.Bytes);
            return null;
        }
    }

    // stored: the target's size in the stored orientation, in which the scaled pixels lie with bars of equal size around them.
    private static void Write(ReadOnlySpan<byte> colors, in ImageFit fit, ImageOrientation orientation, (int Width, int Height) stored, ImageShape shape, Span<byte> pixels)
    {
        var (left, top) = ((stored.Width - fit.Width) / 2, (stored.Height - fit.Height) / 2);
        for (var (i, to) = (0, 0); to < pixels.Length; (i, to) = (i + 1, to + shape.Channels))
        {
            var at = orientation.IsUpright ? i : orientation.IndexOf(i % shape.Width, i / shape.Width, stored.Width, stored.Height);
            var (x, y) = ((at % stored.Width) - left, (at / stored.Width) - top);
            if (x < 0 || y < 0 || x >= fit.Width || y >= fit.Height)
                continue;
            var from = 4 * ((y * fit.Width) + x);
            var (red, green, blue) = (colors[from], colors[from + 1], colors[from + 2]);
            if (shape.Channels == 1)
                pixels[to] = (byte)(((299 * red) + (587 * green) + (114 * blue) + 500) / 1000);
            else
                (pixels[to], pixels[to + 1], pixels[to + 2]) = (red, green, blue);
        }
    }
}
