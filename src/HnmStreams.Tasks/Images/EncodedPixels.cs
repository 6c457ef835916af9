using System.Buffers;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using SkiaSharp;

namespace HnmStreams.Tasks.Images;

/// <summary>
/// A decoder of JPEG and PNG files. The size in the header is checked before a pixel is decoded, so a small file
/// cannot cause a large allocation.
/// </summary>
internal static class EncodedPixels
{
    /// <summary>
    /// Decodes an image and writes its pixels after the committed rows, or returns the rejection. Transparency and
    /// color profiles are ignored; gray is the luma of ITU-R BT.601.
    /// </summary>
    public static Rejection? Encode(ReadOnlyMemory<byte> file, ImageShape shape, RowBuffer rows)
    {
        if (file.IsEmpty)
            return new Rejection(RejectionReasons.Malformed, "The image has no bytes.");
        using var data = SKData.CreateCopy(file.Span);
        using var codec = SKCodec.Create(data);
        if (codec is null)
            return new Rejection(RejectionReasons.Malformed, "The bytes must be a JPEG or PNG image but are not.");
        if (codec.EncodedFormat is not (SKEncodedImageFormat.Jpeg or SKEncodedImageFormat.Png))
            return new Rejection(RejectionReasons.UnknownFormat, $"The image must be JPEG or PNG but is {codec.EncodedFormat}.");
        var (width, height) = (codec.Info.Width, codec.Info.Height);
        var orientation = new ImageOrientation(codec.EncodedOrigin);
        var upright = orientation.Turn(width, height);
        if (upright != (shape.Width, shape.Height))
            return new Rejection(RejectionReasons.WrongShape, $"The image must be {shape.Height} x {shape.Width} pixels but is {upright.Height} x {upright.Width}; resize it before it is sent, or set task.images.resize for the task images.");

        var colors = ArrayPool<byte>.Shared.Rent(width * height * 4);
        try
        {
            var result = Decode(codec, colors, width, height);
            if (result != SKCodecResult.Success)
                return new Rejection(RejectionReasons.Malformed, $"The image cannot be decoded: {result}.");
            Write(colors.AsSpan(0, width * height * 4), orientation, width, shape, rows.GetSpan(shape.Bytes));
            rows.Advance(shape.Bytes);
            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(colors);
        }
    }

    private static unsafe SKCodecResult Decode(SKCodec codec, byte[] colors, int width, int height)
    {
        fixed (byte* address = colors)
            return codec.GetPixels(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul), (nint)address);
    }

    private static void Write(ReadOnlySpan<byte> colors, ImageOrientation orientation, int width, ImageShape shape, Span<byte> pixels)
    {
        var height = colors.Length / 4 / width;
        for (var (i, to) = (0, 0); i < shape.Height * shape.Width; (i, to) = (i + 1, to + shape.Channels))
        {
            var from = 4 * (orientation.IsUpright ? i : orientation.IndexOf(i % shape.Width, i / shape.Width, width, height));
            var (red, green, blue) = (colors[from], colors[from + 1], colors[from + 2]);
            if (shape.Channels == 1)
                pixels[to] = (byte)(((299 * red) + (587 * green) + (114 * blue) + 500) / 1000);
            else
                (pixels[to], pixels[to + 1], pixels[to + 2]) = (red, green, blue);
        }
    }
}
