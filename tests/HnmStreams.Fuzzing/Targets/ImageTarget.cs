using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Tasks.Detection.Rows;
using HnmStreams.Tasks.Images;
using HnmStreams.Tasks.Images.Sizing;
using HnmStreams.Testing.Fuzzing;
using SkiaSharp;

namespace HnmStreams.Fuzzing.Targets;

/// <summary>
/// A JPEG or PNG file, decoded as an image of a fixed size and, scaled, as that of a detector. The codecs are native code, so that only the
/// branches around them guide the fuzzing.
/// </summary>
internal sealed class ImageTarget(string name) : FuzzTarget(name)
{
    private const int Side = 24;
    private static readonly ImageShape Shape = new(Side, Side, 3);

    private readonly RowBuffer _rows = new();

    public override IEnumerable<byte[]> Seeds()
    {
        foreach (var side in (int[])[Side, 2 * Side])
        {
            foreach (var format in (SKEncodedImageFormat[])[SKEncodedImageFormat.Png, SKEncodedImageFormat.Jpeg])
                yield return Encode(side, format);
        }

        yield return WithOrientation(Encode(Side, SKEncodedImageFormat.Jpeg), 6);
    }

    public override void Run(byte[] input)
    {
        _rows.Clear();
        if (EncodedPixels.Encode(input, Shape, _rows) is { } rejection)
            FuzzCheck.Holds(rejection.Detail.Length > 0, input);
        if (ScaledPixels.Encode(new ExampleInput.EncodedImage(input), new ImageLimits(Side, Side, 64 * Side * Side, 64 * Side * Side), _rows, out _) is { } scaledRejection)
            FuzzCheck.Holds(scaledRejection.Detail.Length > 0, input);
    }

    public override void Dispose()
    {
        _rows.Dispose();
        base.Dispose();
    }

    private static byte[] Encode(int side, SKEncodedImageFormat format)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(side, side, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        for (var y = 0; y < side; y++)
        {
            for (var x = 0; x < side; x++)
                bitmap.SetPixel(x, y, new SKColor((byte)(x * 10), (byte)(y * 10), (byte)(x * y)));
        }

        using var data = bitmap.Encode(format, 60);
        return data.ToArray();
    }

    // An EXIF segment after the start marker.
    private static byte[] WithOrientation(byte[] jpeg, byte orientation) =>
    [
        .. jpeg[..2],
        0xff, 0xe1, 0, 34, .. "Exif\0\0II"u8, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0, 0, 0, 0, 0,
        .. jpeg[2..],
    ];
}
