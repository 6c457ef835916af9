namespace HnmStreams.Tasks.Images.Sizing;

/// <summary>The part of an image that is used, and the size that it is scaled to.</summary>
internal readonly record struct ImageFit(int Left, int Top, int SourceWidth, int SourceHeight, int Width, int Height)
{
    /// <summary>The whole image is scaled to the target, whatever its aspect ratio.</summary>
    public const string Fit = "fit";

    /// <summary>The largest part in the center with the target's aspect ratio is scaled to the target.</summary>
    public const string Crop = "crop";

    /// <summary>The whole image is scaled with its own aspect ratio to the largest size inside of the target; bars fill the rest.</summary>
    public const string Letterbox = "letterbox";

    public static ImageFit Of(string mode, int width, int height, int targetWidth, int targetHeight)
    {
        switch (mode)
        {
            case Crop:
                var partWidth = (int)Math.Clamp(Math.Round((double)height * targetWidth / targetHeight), 1, width);
                var partHeight = (int)Math.Clamp(Math.Round((double)width * targetHeight / targetWidth), 1, height);
                return new ImageFit((width - partWidth) / 2, (height - partHeight) / 2, partWidth, partHeight, targetWidth, targetHeight);
            case Letterbox:
                var scale = Math.Min((double)targetWidth / width, (double)targetHeight / height);
                return new ImageFit(0, 0, width, height, Scaled(width, scale, targetWidth), Scaled(height, scale, targetHeight));
            default:
                return new ImageFit(0, 0, width, height, targetWidth, targetHeight);
        }
    }

    private static int Scaled(int side, double scale, int target) => (int)Math.Clamp(Math.Round(side * scale), 1, target);
}
