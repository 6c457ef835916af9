using System.Buffers;
using HnmStreams.Data.Rows;
using HnmStreams.Torch;
using SkiaSharp;

namespace HnmStreams.Tasks.Images;

/// <summary>JPEG and PNG files. The size in the header is checked before a pixel is decoded, so a small file cannot ask for much memory.</summary>
internal static class EncodedPixels
{
    /// <summary>Transparency and colour profiles are ignored; grey is the luma of ITU-R BT.601.</summary>
    public static Refusal? Encode(ReadOnlyMemory<byte> file, ImageShape shape, RowBuffer rows)
    {
        if (file.IsEmpty)
            return new Refusal("malformed", "The picture has no bytes.");
        using var data = SKData.CreateCopy(file.Span);
        using var codec = SKCodec.Create(data);
        if (codec is null)
            return new Refusal("malformed", "The bytes are no picture; JPEG or PNG is expected.");
        if (codec.EncodedFormat is not (SKEncodedImageFormat.Jpeg or SKEncodedImageFormat.Png))
            return new Refusal("unknown-format", $"The picture is {codec.EncodedFormat}; JPEG or PNG is expected.");
        var (width, height) = (codec.Info.Width, codec.Info.Height);
        if (width != shape.Width || height != shape.Height)
            return new Refusal("wrong-shape", $"The picture is {height} x {width} pixels; {shape.Height} x {shape.Width} are expected, and pictures are not resized.");

        var colours = ArrayPool<byte>.Shared.Rent(width * height * 4);
        try
        {
            var result = Decode(codec, colours, width, height);
            if (result != SKCodecResult.Success)
                return new Refusal("malformed", $"The picture does not decode: {result}.");
            Write(colours.AsSpan(0, width * height * 4), shape.Channels, rows.GetSpan(shape.Bytes));
            rows.Advance(shape.Bytes);
            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(colours);
        }
    }

    private static unsafe SKCodecResult Decode(SKCodec codec, byte[] colours, int width, int height)
    {
        fixed (byte* address = colours)
            return codec.GetPixels(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul), (nint)address);
    }

    private static void Write(ReadOnlySpan<byte> colours, int channels, Span<byte> pixels)
    {
        for (var (from, to) = (0, 0); from < colours.Length; (from, to) = (from + 4, to + channels))
        {
            var (red, green, blue) = (colours[from], colours[from + 1], colours[from + 2]);
            if (channels == 1)
                pixels[to] = (byte)(((299 * red) + (587 * green) + (114 * blue) + 500) / 1000);
            else
                (pixels[to], pixels[to + 1], pixels[to + 2]) = (red, green, blue);
        }
    }
}
