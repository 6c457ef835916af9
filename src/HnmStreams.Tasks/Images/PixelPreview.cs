using HnmStreams.Tasks.Images.Sizing;
using SkiaSharp;

namespace HnmStreams.Tasks.Images;

/// <summary>A converter of a row of pixels into image files for display.</summary>
internal static class PixelPreview
{
    private const int JpegQuality = 80;

    /// <exception cref="InvalidDataException">The row does not have this shape.</exception>
    public static byte[] ToPng(ReadOnlySpan<byte> pixels, ImageShape shape)
    {
        using var image = ToImage(pixels, shape);
        using var file = image.Encode(SKEncodedImageFormat.Png, quality: 100);
        return file.ToArray();
    }

    /// <summary>Returns a JPEG file whose longer side has at most <paramref name="side"/> pixels.</summary>
    /// <exception cref="InvalidDataException">The row does not have this shape.</exception>
    public static byte[] ToThumbnail(ReadOnlySpan<byte> pixels, ImageShape shape, int side)
    {
        using var image = ToImage(pixels, shape);
        var scale = Math.Min(1.0, (double)side / Math.Max(shape.Width, shape.Height));
        using var small = new SKBitmap(new SKImageInfo(Math.Max(1, (int)(shape.Width * scale)), Math.Max(1, (int)(shape.Height * scale)), image.ColorType, SKAlphaType.Opaque));
        using (var target = small.PeekPixels())
            image.ScalePixels(target, DecodedImage.Sampling);
        using var file = small.Encode(SKEncodedImageFormat.Jpeg, JpegQuality);
        return file.ToArray();
    }

    private static SKImage ToImage(ReadOnlySpan<byte> pixels, ImageShape shape)
    {
        if (pixels.Length != shape.Bytes)
            throw new InvalidDataException($"The row must have {shape.Bytes} bytes but has {pixels.Length}.");
        var info = shape.Channels == 1
            ? new SKImageInfo(shape.Width, shape.Height, SKColorType.Gray8, SKAlphaType.Opaque)
            : new SKImageInfo(shape.Width, shape.Height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        return SKImage.FromPixelCopy(info, shape.Channels == 1 ? pixels : WithAlpha(pixels), info.RowBytes);
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
