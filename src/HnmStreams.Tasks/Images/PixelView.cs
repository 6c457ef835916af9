using SkiaSharp;

namespace HnmStreams.Tasks.Images;

/// <summary>A row of pixels as a PNG file, for eyes.</summary>
internal static class PixelView
{
    /// <exception cref="InvalidDataException">The row is not of this shape.</exception>
    public static byte[] ToPng(ReadOnlySpan<byte> pixels, ImageShape shape)
    {
        if (pixels.Length != shape.Bytes)
            throw new InvalidDataException($"The row has {pixels.Length} bytes; {shape.Bytes} are expected.");
        var info = shape.Channels == 1
            ? new SKImageInfo(shape.Width, shape.Height, SKColorType.Gray8, SKAlphaType.Opaque)
            : new SKImageInfo(shape.Width, shape.Height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        using var image = SKImage.FromPixelCopy(info, shape.Channels == 1 ? pixels : WithAlpha(pixels), info.RowBytes);
        using var file = image.Encode(SKEncodedImageFormat.Png, quality: 100);
        return file.ToArray();
    }

    private static byte[] WithAlpha(ReadOnlySpan<byte> pixels)
    {
        var colours = new byte[pixels.Length / 3 * 4];
        for (var (from, to) = (0, 0); from < pixels.Length; (from, to) = (from + 3, to + 4))
        {
            pixels.Slice(from, 3).CopyTo(colours.AsSpan(to));
            colours[to + 3] = byte.MaxValue;
        }

        return colours;
    }
}
