using SkiaSharp;

namespace HnmStreams.Tasks.Images;

/// <summary>A converter of a row of pixels into a PNG file for display.</summary>
internal static class PixelPreview
{
    /// <exception cref="InvalidDataException">The row does not have this shape.</exception>
    public static byte[] ToPng(ReadOnlySpan<byte> pixels, ImageShape shape)
    {
        if (pixels.Length != shape.Bytes)
            throw new InvalidDataException($"The row must have {shape.Bytes} bytes but has {pixels.Length}.");
        var info = shape.Channels == 1
            ? new SKImageInfo(shape.Width, shape.Height, SKColorType.Gray8, SKAlphaType.Opaque)
            : new SKImageInfo(shape.Width, shape.Height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        using var image = SKImage.FromPixelCopy(info, shape.Channels == 1 ? pixels : WithAlpha(pixels), info.RowBytes);
        using var file = image.Encode(SKEncodedImageFormat.Png, quality: 100);
        return file.ToArray();
    }

    private static byte[] WithAlpha(ReadOnlySpan<byte> pixels)
    {
        var colors = new byte[pixels.Length / 3 * 4];
        for (var (from, to) = (0, 0); from < pixels.Length; (from, to) = (from + 3, to + 4))
        {
            pixels.Slice(from, 3).CopyTo(colors.AsSpan(to));
            colors[to + 3] = byte.MaxValue;
        }

        return colors;
    }
}
