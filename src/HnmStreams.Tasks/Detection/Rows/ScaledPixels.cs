using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Tasks.Images;
using SkiaSharp;

namespace HnmStreams.Tasks.Detection.Rows;

/// <summary>
/// A decoder of images of any size (JPEG, PNG, or a tensor of bytes in three planes), scaled to the network's
/// input. The size in a file's header is checked before a pixel is decoded (<see cref="ImageLimits"/>).
/// </summary>
internal static class ScaledPixels
{
    // Mipmaps average over the source pixels of a target pixel; plain interpolation would skip some.
    private static readonly SKSamplingOptions Sampling = new(SKFilterMode.Linear, SKMipmapMode.Linear);

    /// <summary>Decodes, scales and writes an image after the committed rows, or returns the rejection.</summary>
    /// <param name="scale">The factors that map the image's coordinates to the network's input, horizontally and vertically.</param>
    public static Rejection? Encode(ExampleInput input, in ImageLimits limits, RowBuffer rows, out (float X, float Y) scale)
    {
        scale = default;
        var (width, height) = (limits.Width, limits.Height);
        if (Open(input, limits, out var image) is { } rejection)
            return rejection;
        using (image.Pixels)
        {
            scale = ((float)width / image.Width, (float)height / image.Height);
            // Scaled in the stored orientation, turned while the few remaining pixels are written.
            var (storedWidth, storedHeight) = image.Orientation.Turn(width, height);
            using var scaled = image.Pixels!.Resize(new SKImageInfo(storedWidth, storedHeight, image.Pixels.ColorType, image.Pixels.AlphaType), Sampling);
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

    private static Rejection? Open(ExampleInput input, in ImageLimits limits, out DecodedImage image)
    {
        image = default;
        return input switch
        {
            ExampleInput.EncodedImage encoded => OpenFile(encoded.Data, limits, out image),
            ExampleInput.Dense planes => OpenPlanes(planes, limits, out image),
            _ => new Rejection(RejectionReasons.WrongInput, $"The input must be an encoded image or a tensor of bytes but is {ExampleKinds.Of(input)}."),
        };
    }

    private static Rejection? OpenFile(ReadOnlyMemory<byte> file, in ImageLimits limits, out DecodedImage image)
    {
        image = default;
        if (file.IsEmpty)
            return new Rejection(RejectionReasons.Malformed, "The image has no bytes.");
        using var data = SKData.CreateCopy(file.Span);
        using var codec = SKCodec.Create(data);
        if (codec is null || codec.EncodedFormat is not (SKEncodedImageFormat.Jpeg or SKEncodedImageFormat.Png))
            return new Rejection(RejectionReasons.Malformed, "The bytes must be a JPEG or PNG image but are not.");
        var orientation = new ImageOrientation(codec.EncodedOrigin);
        var upright = orientation.Turn(codec.Info.Width, codec.Info.Height);
        var size = ReducedSize(codec, orientation.Turn(limits.Width, limits.Height));
        if (limits.Check(upright.Width, upright.Height, (long)size.Width * size.Height) is { } tooLarge)
            return tooLarge;
        var bitmap = new SKBitmap(new SKImageInfo(size.Width, size.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        var result = codec.GetPixels(bitmap.Info, bitmap.GetPixels());
        if (result == SKCodecResult.Success)
        {
            image = new DecodedImage(bitmap, orientation, upright.Width, upright.Height);
            return null;
        }

        bitmap.Dispose();
        return new Rejection(RejectionReasons.Malformed, $"The image cannot be decoded: {result}.");
    }

    /// <summary>
    /// Returns the smallest size that the codec can decode to directly and that is at least twice the network's input, so that
    /// the quality does not suffer. A JPEG of 4096 x 4096 pixels for an input of 320 x 240 is decoded at 1/4 of each side.
    /// PNG files are always decoded in full.
    /// </summary>
    internal static SKSizeI ReducedSize(SKCodec codec, (int Width, int Height) target)
    {
        var best = codec.Info.Size;
        for (var eighths = 7; eighths > 0; eighths--)
        {
            var size = codec.GetScaledDimensions(eighths / 8f);
            if (size.Width < 2 * target.Width || size.Height < 2 * target.Height)
                break;
            if (size.Width < best.Width)
                best = size;
        }

        return best;
    }

    private static Rejection? OpenPlanes(ExampleInput.Dense input, in ImageLimits limits, out DecodedImage image)
    {
        image = default;
        if (input.Type != ElementType.UInt8)
            return new Rejection(RejectionReasons.WrongType, $"The tensor's elements must be {ElementType.UInt8} but are {input.Type}.");
        if (input.Shape is not [3, > 0, > 0])
            return new Rejection(RejectionReasons.WrongShape, $"The tensor's shape must be [3, height, width] but is [{string.Join(", ", input.Shape)}].");
        var (height, width) = (input.Shape[1], input.Shape[2]);
        if (limits.Check(width, height, (long)width * height) is { } tooLarge)
            return tooLarge;
        var area = width * height;
        if (input.Data.Length != 3L * area)
            return new Rejection(RejectionReasons.WrongShape, $"The tensor must have {3L * area} bytes for its shape but has {input.Data.Length}.");
        var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        image = new DecodedImage(bitmap, new ImageOrientation(SKEncodedOrigin.TopLeft), width, height);
        var colors = bitmap.GetPixelSpan();
        var planes = input.Data.Span;
        for (var i = 0; i < area; i++)
            (colors[4 * i], colors[(4 * i) + 1], colors[(4 * i) + 2], colors[(4 * i) + 3]) = (planes[i], planes[area + i], planes[(2 * area) + i], 255);
        return null;
    }

    /// <summary>Decoded pixels, which the caller disposes, with the size of the upright image in full resolution.</summary>
    private readonly record struct DecodedImage(SKBitmap? Pixels, ImageOrientation Orientation, int Width, int Height);
}
