namespace HnmStreams.Evaluation.Metrics;

/// <summary>
/// A rectangle in an image, in any unit. If its sides are out of order, its area is 0. Metrics and tasks use this type; an object on the
/// wire, with its class name, is a labeled box of the Data library.
/// </summary>
/// <param name="Left">Left edge.</param>
/// <param name="Top">Top edge.</param>
/// <param name="Right">Right edge.</param>
/// <param name="Bottom">Bottom edge.</param>
public readonly record struct BoundingBox(float Left, float Top, float Right, float Bottom)
{
    /// <summary>The area.</summary>
    public double Area => Math.Max(0, (double)Right - Left) * Math.Max(0, (double)Bottom - Top);

    /// <summary>
    /// Returns the intersection over union (IoU), 0 to 1; 0 if both are empty. Coordinates are continuous: no pixel is added to the sides.
    /// </summary>
    public double IntersectionOverUnion(in BoundingBox other)
    {
        var width = Math.Max(0, Math.Min((double)Right, other.Right) - Math.Max((double)Left, other.Left));
        var height = Math.Max(0, Math.Min((double)Bottom, other.Bottom) - Math.Max((double)Top, other.Top));
        var intersection = width * height;
        var union = Area + other.Area - intersection;
        return union > 0 ? intersection / union : 0;
    }
}
