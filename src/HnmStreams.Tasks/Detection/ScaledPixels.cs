using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Torch;
using SkiaSharp;

namespace HnmStreams.Tasks.Detection;

/// <summary>
/// Pictures of any size (JPEG, PNG, or a tensor of bytes in three planes), scaled to what the network sees. The size in
/// a file's header is checked before a pixel is decoded.
/// </summary>
internal static class ScaledPixels
{
    // Averages over what a target pixel covers, by halved copies: plain interpolation would skip pixels.
    private static readonly SKSamplingOptions Sampling = new(SKFilterMode.Linear, SKMipmapMode.Linear);

    /// <param name="width">That the network sees, as the height.</param>
    /// <param name="scale">By how much the picture's coordinates are multiplied, across and down.</param>
    public static Refusal? Encode(ExampleInput input, int width, int height, int maximumPixels, RowBuffer rows, out (float X, float Y) scale)
    {
        scale = default;
        if (Open(input, maximumPixels, out var picture) is { } refusal)
            return refusal;
        using (picture)
        {
            scale = ((float)width / picture!.Width, (float)height / picture.Height);
            using var scaled = picture.Resize(new SKImageInfo(width, height, picture.ColorType, picture.AlphaType), Sampling);
            var pixels = rows.GetSpan(width * height * 3)[..(width * height * 3)];
            var colours = scaled.GetPixelSpan();
            for (var (from, to) = (0, 0); to < pixels.Length; (from, to) = (from + 4, to + 3))
                (pixels[to], pixels[to + 1], pixels[to + 2]) = (colours[from], colours[from + 1], colours[from + 2]);
            rows.Advance(pixels.Length);
            return null;
        }
    }

    private static Refusal? Open(ExampleInput input, int maximumPixels, out SKBitmap? picture)
    {
        picture = null;
        return input switch
        {
            ExampleInput.EncodedImage image => OpenFile(image.Data, maximumPixels, out picture),
            ExampleInput.Dense planes => OpenPlanes(planes, maximumPixels, out picture),
            _ => new Refusal("wrong-input", $"The input is {input.GetType().Name}; an encoded picture or a tensor of bytes is expected."),
        };
    }

    private static Refusal? OpenFile(ReadOnlyMemory<byte> file, int maximumPixels, out SKBitmap? picture)
    {
        picture = null;
        if (file.IsEmpty)
            return new Refusal("malformed", "The picture has no bytes.");
        using var data = SKData.CreateCopy(file.Span);
        using var codec = SKCodec.Create(data);
        if (codec is null || codec.EncodedFormat is not (SKEncodedImageFormat.Jpeg or SKEncodedImageFormat.Png))
            return new Refusal("malformed", "The bytes are no picture; JPEG or PNG is expected.");
        var (width, height) = (codec.Info.Width, codec.Info.Height);
        if (TooLarge(width, height, maximumPixels) is { } tooLarge)
            return tooLarge;
        var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        var result = codec.GetPixels(bitmap.Info, bitmap.GetPixels());
        if (result == SKCodecResult.Success)
        {
            picture = bitmap;
            return null;
        }

        bitmap.Dispose();
        return new Refusal("malformed", $"The picture does not decode: {result}.");
    }

    private static Refusal? OpenPlanes(ExampleInput.Dense input, int maximumPixels, out SKBitmap? picture)
    {
        picture = null;
        if (input.Type != ElementType.UInt8)
            return new Refusal("wrong-type", $"The tensor's elements are {input.Type}; {ElementType.UInt8} is expected.");
        if (input.Shape is not [3, > 0, > 0])
            return new Refusal("wrong-shape", $"The tensor's shape is [{string.Join(", ", input.Shape)}]; [3, height, width] is expected.");
        var (height, width) = (input.Shape[1], input.Shape[2]);
        if (TooLarge(width, height, maximumPixels) is { } tooLarge)
            return tooLarge;
        var area = width * height;
        if (input.Data.Length != 3L * area)
            return new Refusal("wrong-shape", $"The tensor has {input.Data.Length} bytes; its shape asks for {3L * area}.");
        picture = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        var colours = picture.GetPixelSpan();
        var planes = input.Data.Span;
        for (var i = 0; i < area; i++)
            (colours[4 * i], colours[(4 * i) + 1], colours[(4 * i) + 2], colours[(4 * i) + 3]) = (planes[i], planes[area + i], planes[(2 * area) + i], 255);
        return null;
    }

    private static Refusal? TooLarge(int width, int height, int maximumPixels) => (long)width * height <= maximumPixels
        ? null
        : new Refusal("too-large", $"The picture is {height} x {width} pixels; at most {maximumPixels} in all are taken (MaximumPixels).");
}
