using HnmStreams.Data.Examples;

namespace HnmStreams.Tasks.Images.Sizing;

/// <summary>The size that images are scaled to, and the limits of their size before that.</summary>
/// <param name="Width">The width of the network's input in pixels.</param>
/// <param name="Height">The height of the network's input in pixels.</param>
/// <param name="MaxPixels">The largest number of pixels of an image.</param>
/// <param name="MaxDecodedPixels">The largest number of pixels that are decoded for an image.</param>
/// <param name="Section">The section of the settings with both limits, for messages.</param>
internal readonly record struct ImageLimits(int Width, int Height, int MaxPixels, int MaxDecodedPixels, string Section = "task.detection")
{
    /// <summary>Returns the rejection of an image of this upright size that is decoded to <paramref name="decodedPixels"/>; null if it is allowed.</summary>
    public Rejection? Check(int width, int height, long decodedPixels) =>
        (long)width * height > MaxPixels
            ? new Rejection(RejectionReasons.TooLarge, $"The image must have at most {MaxPixels} pixels ({Section}.maxPixels) but has {height} x {width}.")
        : decodedPixels > MaxDecodedPixels
            ? new Rejection(RejectionReasons.TooLarge, $"At most {MaxDecodedPixels} pixels are decoded for an image ({Section}.maxDecodedPixels), but this one of {height} x {width} must be decoded to {decodedPixels}. Send it as JPEG, which is decoded at a reduced size, or scale it down.")
        : null;
}
