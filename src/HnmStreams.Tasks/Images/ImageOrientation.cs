using SkiaSharp;

namespace HnmStreams.Tasks.Images;

/// <summary>
/// The orientation of an image file (EXIF 2.3, tag 0x0112): the mapping from the upright image, which people see and
/// draw boxes on, to the stored pixels.
/// </summary>
internal readonly record struct ImageOrientation(SKEncodedOrigin Origin)
{
    /// <summary>True if the stored pixels are upright already.</summary>
    public bool IsUpright => Origin == SKEncodedOrigin.TopLeft;

    /// <summary>True if the stored width is the upright image's height.</summary>
    public bool SwapsSides => Origin is SKEncodedOrigin.LeftTop or SKEncodedOrigin.RightTop or SKEncodedOrigin.RightBottom or SKEncodedOrigin.LeftBottom;

    /// <summary>Returns the size of the upright image, or the stored size of an upright one: the mapping is its own inverse.</summary>
    public (int Width, int Height) Turn(int width, int height) => SwapsSides ? (height, width) : (width, height);

    /// <summary>Returns the index of the stored pixel at a position of the upright image.</summary>
    /// <param name="width">The stored width in pixels.</param>
    /// <param name="height">The stored height in pixels.</param>
    public int IndexOf(int x, int y, int width, int height)
    {
        var (column, row) = Origin switch
        {
            SKEncodedOrigin.TopRight => (width - 1 - x, y),
            SKEncodedOrigin.BottomRight => (width - 1 - x, height - 1 - y),
            SKEncodedOrigin.BottomLeft => (x, height - 1 - y),
            SKEncodedOrigin.LeftTop => (y, x),
            SKEncodedOrigin.RightTop => (y, height - 1 - x),
            SKEncodedOrigin.RightBottom => (width - 1 - y, height - 1 - x),
            SKEncodedOrigin.LeftBottom => (width - 1 - y, x),
            _ => (x, y),
        };
        return (row * width) + column;
    }
}
