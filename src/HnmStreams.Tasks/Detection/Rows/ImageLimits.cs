using HnmStreams.Torch;

namespace HnmStreams.Tasks.Detection.Rows;

/// <summary>The size that images are scaled to, and the limits of their size before that.</summary>
/// <param name="Width">The width of the network's input in pixels.</param>
/// <param name="Height">The height of the network's input in pixels.</param>
/// <param name="MaximumPixels">The largest number of pixels of an image.</param>
/// <param name="MaximumDecodedPixels">The largest number of pixels that are decoded for an image.</param>
internal readonly record struct ImageLimits(int Width, int Height, int MaximumPixels, int MaximumDecodedPixels)
{
    /// <summary>Returns the refusal of an image of this upright size that is decoded to <paramref name="decodedPixels"/>; null if it is allowed.</summary>
    public Refusal? Check(int width, int height, long decodedPixels) =>
        (long)width * height > MaximumPixels
            ? new Refusal("too-large", $"The image must have at most {MaximumPixels} pixels (task.detection.maximumPixels) but has {height} x {width}.")
        : decodedPixels > MaximumDecodedPixels
            ? new Refusal("too-large", $"At most {MaximumDecodedPixels} pixels are decoded for an image (task.detection.maximumDecodedPixels), but this one of {height} x {width} must be decoded to {decodedPixels}. Send it as JPEG, which is decoded at a reduced size, or scale it down.")
        : null;
}
