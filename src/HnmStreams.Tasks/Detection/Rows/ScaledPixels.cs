using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Torch;
using SkiaSharp;

namespace HnmStreams.Tasks.Detection.Rows;

/// <summary>
/// A decoder of pictures of any size (JPEG, PNG, or a tensor of bytes in three planes), scaled to the network's
/// input. The size in a file's header is checked before a pixel is decoded.
/// </summary>
internal static class ScaledPixels
{
    // Mipmaps average over the source pixels of a target pixel; plain interpolation would skip some.
    private static readonly SKSamplingOptions Sampling = new(SKFilterMode.Linear, SKMipmapMode.Linear);

    /// <summary>Decodes, scales and writes a picture after the committed rows, or returns the refusal.</summary>
    /// <param name="width">The width of the network's input.</param>
    /// <param name="scale">The factors that map the picture's coordinates to the network's input, horizontally and vertically.</param>
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
            var colors = scaled.GetPixelSpan();
            for (var (from, to) = (0, 0); to < pixels.Length; (from, to) = (from + 4, to + 3))
                (pixels[to], pixels[to + 1], pixels[to + 2]) = (colors[from], colors[from + 1], colors[from + 2]);
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
            _ => new Refusal("wrong-input", $"The input must be an encoded picture or a tensor of bytes but is {input.GetType().Name}."),
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
            return new Refusal("malformed", "The bytes must be a JPEG or PNG picture but are not.");
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
        return new Refusal("malformed", $"The picture cannot be decoded: {result}.");
    }

    private static Refusal? OpenPlanes(ExampleInput.Dense input, int maximumPixels, out SKBitmap? picture)
    {
        picture = null;
        if (input.Type != ElementType.UInt8)
            return new Refusal("wrong-type", $"The tensor's elements must be {ElementType.UInt8} but are {input.Type}.");
        if (input.Shape is not [3, > 0, > 0])
            return new Refusal("wrong-shape", $"The tensor's shape must be [3, height, width] but is [{string.Join(", ", input.Shape)}].");
        var (height, width) = (input.Shape[1], input.Shape[2]);
        if (TooLarge(width, height, maximumPixels) is { } tooLarge)
            return tooLarge;
        var area = width * height;
        if (input.Data.Length != 3L * area)
            return new Refusal("wrong-shape", $"The tensor must have {3L * area} bytes for its shape but has {input.Data.Length}.");
        picture = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        var colors = picture.GetPixelSpan();
        var planes = input.Data.Span;
        for (var i = 0; i < area; i++)
            (colors[4 * i], colors[(4 * i) + 1], colors[(4 * i) + 2], colors[(4 * i) + 3]) = (planes[i], planes[area + i], planes[(2 * area) + i], 255);
        return null;
    }

    private static Refusal? TooLarge(int width, int height, int maximumPixels) => (long)width * height <= maximumPixels
        ? null
        : new Refusal("too-large", $"The picture must have at most {maximumPixels} pixels (MaximumPixels) but has {height} x {width}.");
}
