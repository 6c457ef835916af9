using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Tasks.Images;
using HnmStreams.Tasks.Images.Sizing;
using SkiaSharp;

namespace HnmStreams.Tasks.Detection.Rows;

/// <summary>
/// A decoder of images of any size (JPEG, PNG, or a tensor of bytes in three planes), scaled to the network's
/// input. The size in a file's header is checked before a pixel is decoded (<see cref="ImageLimits"/>).
/// </summary>
internal static class ScaledPixels
{
    /// <summary>Decodes, scales and writes an image after the committed rows, or returns the rejection.</summary>
    /// <param name="scale">The factors that map the image's coordinates to the network's input, horizontally and vertically.</param>
    public static Rejection? Encode(ExampleInput input, in ImageLimits limits, RowBuffer rows, out (float X, float Y) scale)
    {
        scale = default;
        var (width, height) = (limits.Width, limits.Height);
        if (DecodedImage.Open(InputView.Of(input), limits, allowsGray: false, out var image) is { } rejection)
            return rejection;
        using (image.Pixels)
        {
            scale = ((float)width / image.Width, (float)height / image.Height);
            // Scaled in the stored orientation, turned while the few remaining pixels are written.
            var (storedWidth, storedHeight) = image.Orientation.Turn(width, height);
            using var scaled = image.Pixels!.Resize(new SKImageInfo(storedWidth, storedHeight, image.Pixels.ColorType, image.Pixels.AlphaType), DecodedImage.Sampling);
            var pixels = rows.GetSpan(width * height * 3)[..(width * height * 3)];
            Write(scaled.GetPixelSpan(), image.Orientation, width, (storedWidth, storedHeight), pixels);
            rows.Advance(pixels.Length);
            return null;
        }
    }

    private static void Write(ReadOnlySpan<byte> colors, ImageOrientation orientation, int width, (int Width, int Height) stored, Span<byte> pixels)
    {
        for (var (i, to) = (0, 0); to < pixels.Length; (i, to) = (i + 1, to + 3))
        {
            var from = 4 * (orientation.IsUpright ? i : orientation.IndexOf(i % width, i / width, stored.Width, stored.Height));
            (pixels[to], pixels[to + 1], pixels[to + 2]) = (colors[from], colors[from + 1], colors[from + 2]);
        }
    }
}
