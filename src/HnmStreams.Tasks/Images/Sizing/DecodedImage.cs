using HnmStreams.Data.Examples;
using SkiaSharp;

namespace HnmStreams.Tasks.Images.Sizing;

/// <summary>
/// Decoded pixels of an image of any size (JPEG, PNG, or a tensor of bytes in planes), as RGBA in the stored orientation. The size in a
/// file's header is checked before a pixel is decoded (<see cref="ImageLimits"/>).
/// </summary>
/// <param name="Pixels">The pixels, which the caller disposes.</param>
/// <param name="Width">The width of the upright image in full resolution.</param>
/// <param name="Height">The height of the upright image in full resolution.</param>
internal readonly record struct DecodedImage(SKBitmap? Pixels, ImageOrientation Orientation, int Width, int Height)
{
    /// <summary>The filter for resizing. Mipmaps average over the source pixels of a target pixel; plain interpolation would skip some.</summary>
    public static SKSamplingOptions Sampling { get; } = new(SKFilterMode.Linear, SKMipmapMode.Linear);

    /// <summary>Decodes an image, or returns the rejection.</summary>
    /// <param name="allowsGray">True if tensors of one plane are allowed.</param>
    public static Rejection? Open(in InputView input, in ImageLimits limits, bool allowsGray, out DecodedImage image)
    {
        image = default;
        return input.Kind switch
        {
            InputKind.EncodedImage => OpenFile(input.Data, limits, out image),
            InputKind.Dense => OpenPlanes(input, limits, allowsGray, out image),
            _ => new Rejection(RejectionReasons.WrongInput, $"The input must be an encoded image or a tensor of bytes but is {ExampleKinds.Of(input.Kind)}."),
        };
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

    private static Rejection? OpenPlanes(in InputView input, in ImageLimits limits, bool allowsGray, out DecodedImage image)
    {
        image = default;
        if (input.ElementType != ElementType.UInt8)
            return new Rejection(RejectionReasons.WrongType, $"The tensor's elements must be {ElementType.UInt8} but are {input.ElementType}.");
        var (planes, height, width) = input.Shape switch
        {
            [3, > 0, > 0] => (3, input.Shape[1], input.Shape[2]),
            [1, > 0, > 0] when allowsGray => (1, input.Shape[1], input.Shape[2]),
            [> 0, > 0] when allowsGray => (1, input.Shape[0], input.Shape[1]),
            _ => (0, 0, 0),
        };
        if (planes == 0)
            return new Rejection(RejectionReasons.WrongShape, $"The tensor's shape must be [3, height, width]{(allowsGray ? " or [height, width]" : "")} but is [{string.Join(", ", input.Shape)}].");
        if (limits.Check(width, height, (long)width * height) is { } tooLarge)
            return tooLarge;
        var area = width * height;
        if (input.Data.Length != (long)planes * area)
            return new Rejection(RejectionReasons.WrongShape, $"The tensor must have {(long)planes * area} bytes for its shape but has {input.Data.Length}.");
        var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        image = new DecodedImage(bitmap, new ImageOrientation(SKEncodedOrigin.TopLeft), width, height);
        var colors = bitmap.GetPixelSpan();
        var values = input.Data.Span;
        var (green, blue) = planes == 1 ? (0, 0) : (area, 2 * area);
        for (var i = 0; i < area; i++)
            (colors[4 * i], colors[(4 * i) + 1], colors[(4 * i) + 2], colors[(4 * i) + 3]) = (values[i], values[green + i], values[blue + i], 255);
        return null;
    }
}
