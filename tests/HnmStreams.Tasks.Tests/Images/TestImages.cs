using HnmStreams.Data.Examples;
using SkiaSharp;

namespace HnmStreams.Tasks.Tests.Images;

internal static class TestImages
{
    /// <summary>
    /// Returns an image of one of four classes: the bright quarter of its height determines the class. The background
    /// differs per image.
    /// </summary>
    public static Example Stripe(int index, int height, int width, int channels, Target target)
    {
        var planes = new byte[channels * height * width];
        for (var i = 0; i < planes.Length; i++)
        {
            var y = i / width % height;
            planes[i] = (byte)((y * 4 / height == index % 4 ? 200 : 20) + (((i * 31) + (index * 17)) % 40));
        }

        int[] shape = channels == 1 ? [height, width] : [channels, height, width];
        return new Example($"image-{index}", target, new ExampleInput.Dense(ElementType.UInt8, shape, planes));
    }

    public static byte[] Encode(int width, int height, SKEncodedImageFormat format, Func<int, int, SKColor> color, int quality = 100)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
                bitmap.SetPixel(x, y, color(x, y));
        }

        using var data = bitmap.Encode(format, quality);
        return data.ToArray();
    }

    /// <summary>Inserts an EXIF segment with an orientation (1 to 8) after the start marker of a JPEG file.</summary>
    public static byte[] WithOrientation(byte[] jpeg, int orientation)
    {
        byte[] segment =
        [
            0xff, 0xe1, 0, 34, (byte)'E', (byte)'x', (byte)'i', (byte)'f', 0, 0, (byte)'I', (byte)'I', 42, 0, 8, 0, 0, 0,
            1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, (byte)orientation, 0, 0, 0, 0, 0, 0, 0,
        ];
        return [.. jpeg[..2], .. segment, .. jpeg[2..]];
    }

    /// <summary>Returns a JPEG file that shows an upright image, stored as the EXIF 2.3 table of orientations defines.</summary>
    public static byte[] Stored(int orientation, int width, int height, Func<int, int, SKColor> upright)
    {
        var isSwapped = orientation >= 5;
        var (isFirstRowAtEnd, isFirstColumnAtEnd) = (orientation is 3 or 4 or 6 or 7, orientation is 2 or 3 or 7 or 8);
        var jpeg = Encode(isSwapped ? height : width, isSwapped ? width : height, SKEncodedImageFormat.Jpeg, (column, row) =>
        {
            var (x, y) = isSwapped ? (row, column) : (column, row);
            var (endX, endY) = isSwapped ? (isFirstRowAtEnd, isFirstColumnAtEnd) : (isFirstColumnAtEnd, isFirstRowAtEnd);
            return upright(endX ? width - 1 - x : x, endY ? height - 1 - y : y);
        });
        return WithOrientation(jpeg, orientation);
    }
}
