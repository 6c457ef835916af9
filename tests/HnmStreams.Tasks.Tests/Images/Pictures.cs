using HnmStreams.Data.Examples;
using SkiaSharp;

namespace HnmStreams.Tasks.Tests.Images;

internal static class Pictures
{
    /// <summary>
    /// Pictures with a bright row at a quarter of the height per class, for four classes, on a background that
    /// differs per picture.
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
        return new Example($"picture-{index}", target, new ExampleInput.Dense(ElementType.UInt8, shape, planes));
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
}
