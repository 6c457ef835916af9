namespace HnmStreams.Mining.Selection;

/// <summary>
/// A rectangle in an image, given by two corners with <c>X1 &lt;= X2</c> and <c>Y1 &lt;= Y2</c>, in any unit. A rectangle without area
/// overlaps nothing.
/// </summary>
/// <param name="X1">Left edge.</param>
/// <param name="Y1">Top edge.</param>
/// <param name="X2">Right edge.</param>
/// <param name="Y2">Bottom edge.</param>
public readonly record struct Box(float X1, float Y1, float X2, float Y2)
{
    /// <summary>The area.</summary>
    public float Area => Math.Max(0, X2 - X1) * Math.Max(0, Y2 - Y1);

    /// <summary>Returns the intersection over union (IoU), in [0, 1]; 0 if neither has an area.</summary>
    public float IntersectionOverUnion(in Box other)
    {
        var width = Math.Min(X2, other.X2) - Math.Max(X1, other.X1);
        var height = Math.Min(Y2, other.Y2) - Math.Max(Y1, other.Y1);
        if (!(width > 0) || !(height > 0))
            return 0;
        var shared = width * height;
        return shared / (Area + other.Area - shared);
    }
}
