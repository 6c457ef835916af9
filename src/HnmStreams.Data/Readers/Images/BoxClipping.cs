using HnmStreams.Data.Examples;

namespace HnmStreams.Data.Readers.Images;

/// <summary>The clipping of boxes to their image, with counts of what was changed or left out.</summary>
internal static class BoxClipping
{
    public const string WithoutArea = "boxes without area";
    public const string Clipped = "boxes clipped to the image";

    /// <summary>Returns the part of a box that is inside the image, or null if it has no area.</summary>
    /// <param name="written">The box as the annotation has it.</param>
    /// <param name="id">The id of the example.</param>
    public static LabeledBox? Clip(in LabeledBox written, float width, float height, string id, SkipCounts skipped)
    {
        var box = written with
        {
            Left = Math.Max(written.Left, 0),
            Top = Math.Max(written.Top, 0),
            Right = Math.Min(written.Right, width),
            Bottom = Math.Min(written.Bottom, height),
        };
        if (box.Right <= box.Left || box.Bottom <= box.Top)
        {
            skipped.Add(WithoutArea, id);
            return null;
        }

        if (box != written)
            skipped.Add(Clipped, id);
        return box;
    }

    /// <summary>Returns the size that boxes are clipped to. Boxes of an unknown size are clipped at the left and top only.</summary>
    /// <param name="path">The path of the annotation.</param>
    /// <param name="annotated">The size in the annotation. Some tools write 0 x 0, which means unknown.</param>
    /// <param name="image">The header of the image, or null if it cannot be read; then the size in the annotation is used.</param>
    /// <exception cref="DataSourceException">The two sizes differ, so the boxes are those of another image.</exception>
    public static (float Width, float Height) SizeOf(string path, string id, (int Width, int Height) annotated, ImageHeader? image)
    {
        var known = annotated is { Width: > 0, Height: > 0 };
        if (image is not { } actual)
            return known ? annotated : (float.MaxValue, float.MaxValue);
        if (known && annotated != (actual.Width, actual.Height))
        {
            var orientation = actual.Orientation == 1 ? "" : $" with its EXIF orientation {actual.Orientation} applied";
            throw new DataSourceException(
                path, $"The annotation of {id} is for an image of {annotated.Width} x {annotated.Height} pixels, but the image has {actual.Width} x {actual.Height}{orientation}.",
                "boxes and size in pixels of the upright image");
        }

        return (actual.Width, actual.Height);
    }
}
