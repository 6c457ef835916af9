using HnmStreams.Evaluation.Metrics;
using HnmStreams.Mining.Randomness;
using static TorchSharp.torch;

namespace HnmStreams.Tasks.Images.Augmenting;

/// <summary>The part of an image that is enlarged to the whole one in a training step, in pixels. The default is the whole image.</summary>
internal readonly record struct CropWindow(int Left, int Top, int Width, int Height)
{
    /// <summary>True if the window is the whole image.</summary>
    public bool IsWhole => Width == 0;

    /// <summary>Draws a window with the aspect ratio of the image, whose sides are a uniform share of the image's sides, at a uniform position.</summary>
    /// <param name="minShare">The smallest share of a side, above 0; 1 is the whole image.</param>
    public static CropWindow Draw(Xoshiro256StarStar generator, int width, int height, double minShare)
    {
        var share = minShare + ((1 - minShare) * generator.NextDouble());
        var (w, h) = (Math.Max(1, (int)Math.Round(width * share)), Math.Max(1, (int)Math.Round(height * share)));
        var (left, top) = (generator.NextInt32(width - w + 1), generator.NextInt32(height - h + 1));
        return w == width && h == height ? default : new CropWindow(left, top, w, h);
    }

    /// <summary>Replaces an image by the enlarged window, by bilinear interpolation.</summary>
    /// <param name="image">[channels, height, width], changed in place.</param>
    public void Apply(Tensor image)
    {
        if (IsWhole)
            return;
        using var scope = NewDisposeScope();
        var part = image.narrow(1, Top, Height).narrow(2, Left, Width).unsqueeze(0);
        image.copy_(nn.functional.interpolate(part, [image.shape[1], image.shape[2]], mode: InterpolationMode.Bilinear, align_corners: false).squeeze(0));
    }

    /// <summary>Returns the box in the enlarged window, clipped to it; its area is 0 if it lies outside.</summary>
    /// <param name="width">The width of the image.</param>
    /// <param name="height">The height of the image.</param>
    public BoundingBox Of(in BoundingBox box, int width, int height)
    {
        if (IsWhole)
            return box;
        var (scaleX, scaleY) = (width / (float)Width, height / (float)Height);
        var left = Math.Clamp((box.Left - Left) * scaleX, 0, width);
        var top = Math.Clamp((box.Top - Top) * scaleY, 0, height);
        return new BoundingBox(left, top, Math.Clamp((box.Right - Left) * scaleX, left, width), Math.Clamp((box.Bottom - Top) * scaleY, top, height));
    }

    /// <summary>Returns true if the center of the box lies in the window.</summary>
    public bool HasCenterOf(in BoundingBox box)
    {
        if (IsWhole)
            return true;
        var (x, y) = ((box.Left + box.Right) / 2, (box.Top + box.Bottom) / 2);
        return x >= Left && x < Left + Width && y >= Top && y < Top + Height;
    }
}
