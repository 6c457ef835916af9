namespace HnmStreams.Mining.Selection;

/// <summary>A region of an image, by two corners; <c>X1 &lt;= X2</c> and <c>Y1 &lt;= Y2</c>, in any unit. One without area overlaps nothing.</summary>
public readonly record struct Box(float X1, float Y1, float X2, float Y2)
{
    public float Area => Math.Max(0, X2 - X1) * Math.Max(0, Y2 - Y1);

    /// <summary>Intersection over union, in [0, 1]; 0 where both have no area.</summary>
    public float OverlapWith(in Box other)
    {
        var width = Math.Min(X2, other.X2) - Math.Max(X1, other.X1);
        var height = Math.Min(Y2, other.Y2) - Math.Max(Y1, other.Y1);
        if (!(width > 0) || !(height > 0))
            return 0;
        var shared = width * height;
        return shared / (Area + other.Area - shared);
    }
}
