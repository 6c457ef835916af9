using System.Numerics;

namespace HnmStreams.Data.Synthetic;

/// <summary>A shape as a distance function: the distance of a point from its line in pixels, computed for a vector of points at a time.</summary>
/// <remarks>Only operations that IEEE 754 defines exactly, so that every machine draws the same pixels.</remarks>
internal interface IShape
{
    Vector<float> Distance(Vector<float> x, Vector<float> y);
}

/// <summary>
/// A circle with a gap around the direction (<paramref name="dirX"/>, <paramref name="dirY"/>). The half angle of the gap is
/// given by its sine and cosine; 0 and 1 give a closed ring.
/// </summary>
internal readonly struct Arc(float centerX, float centerY, float radius, float dirX, float dirY, float sine, float cosine) : IShape
{
    public Vector<float> Distance(Vector<float> x, Vector<float> y)
    {
        var px = x - new Vector<float>(centerX);
        var py = y - new Vector<float>(centerY);
        // Rotated so that the gap lies on the positive u axis, and mirrored: the arc starts at (r cos, r sin).
        var u = (px * dirX) + (py * dirY);
        var v = Vector.Abs((py * dirX) - (px * dirY));
        var onCircle = Vector.Abs(Vector.SquareRoot((px * px) + (py * py)) - new Vector<float>(radius));
        var toEndU = u - new Vector<float>(radius * cosine);
        var toEndV = v - new Vector<float>(radius * sine);
        var toEnd = Vector.SquareRoot((toEndU * toEndU) + (toEndV * toEndV));
        return Vector.ConditionalSelect(Vector.LessThan(v * cosine, u * sine), toEnd, onCircle);
    }
}

/// <summary>A straight line that extends <paramref name="half"/> pixels from the center to both sides.</summary>
internal readonly struct Bar(float centerX, float centerY, float dirX, float dirY, float half) : IShape
{
    public Vector<float> Distance(Vector<float> x, Vector<float> y)
    {
        var px = x - new Vector<float>(centerX);
        var py = y - new Vector<float>(centerY);
        var along = Vector.Max(Vector.Abs((px * dirX) + (py * dirY)) - new Vector<float>(half), Vector<float>.Zero);
        var across = (py * dirX) - (px * dirY);
        return Vector.SquareRoot((along * along) + (across * across));
    }
}

/// <summary>Two lines at right angles.</summary>
internal readonly struct Cross(float centerX, float centerY, float dirX, float dirY, float half) : IShape
{
    private readonly Bar _one = new(centerX, centerY, dirX, dirY, half);
    private readonly Bar _other = new(centerX, centerY, -dirY, dirX, half);

    public Vector<float> Distance(Vector<float> x, Vector<float> y) => Vector.Min(_one.Distance(x, y), _other.Distance(x, y));
}

/// <summary>The outline of a square with sides of twice <paramref name="half"/>.</summary>
internal readonly struct Square(float centerX, float centerY, float dirX, float dirY, float half) : IShape
{
    public Vector<float> Distance(Vector<float> x, Vector<float> y)
    {
        var px = x - new Vector<float>(centerX);
        var py = y - new Vector<float>(centerY);
        var u = Vector.Abs((px * dirX) + (py * dirY));
        var v = Vector.Abs((py * dirX) - (px * dirY));
        return Vector.Abs(Vector.Max(u, v) - new Vector<float>(half));
    }
}

/// <summary>Two shapes at once.</summary>
internal readonly struct Both<TOne, TOther>(TOne one, TOther other) : IShape
    where TOne : struct, IShape
    where TOther : struct, IShape
{
    public Vector<float> Distance(Vector<float> x, Vector<float> y) => Vector.Min(one.Distance(x, y), other.Distance(x, y));
}

/// <summary>
/// A closed line whose distance from the center varies: radius (1 + depth cos(lobes angle)). The distance is measured along the ray from the
/// center, which is exact enough for small depths.
/// </summary>
/// <param name="lobes">2 to 8.</param>
internal readonly struct Wave(float centerX, float centerY, float radius, float dirX, float dirY, int lobes, float depth) : IShape
{
    public Vector<float> Distance(Vector<float> x, Vector<float> y)
    {
        var px = x - new Vector<float>(centerX);
        var py = y - new Vector<float>(centerY);
        var length = Vector.SquareRoot((px * px) + (py * py));
        // cos(n a) by the recurrence of the Chebyshev polynomials. At the center the angle is undefined, and the distance is the radius anyway.
        var cosine = ((px * dirX) + (py * dirY)) / Vector.Max(length, new Vector<float>(1e-3f));
        var (before, current) = (Vector<float>.One, cosine);
        for (var n = 1; n < lobes; n++)
            (before, current) = (current, (2f * cosine * current) - before);
        return Vector.Abs(length - (radius * (Vector<float>.One + (depth * current))));
    }
}

/// <summary>A filled circle.</summary>
internal readonly struct Disc(float centerX, float centerY, float radius) : IShape
{
    public Vector<float> Distance(Vector<float> x, Vector<float> y)
    {
        var px = x - new Vector<float>(centerX);
        var py = y - new Vector<float>(centerY);
        return Vector.SquareRoot((px * px) + (py * py)) - new Vector<float>(radius);
    }
}

/// <summary>Parallel lines, <paramref name="spacing"/> pixels apart.</summary>
internal readonly struct Stripes(float offset, float dirX, float dirY, float spacing) : IShape
{
    public Vector<float> Distance(Vector<float> x, Vector<float> y)
    {
        var turns = ((x * dirX) + (y * dirY) + new Vector<float>(offset)) * (1f / spacing);
        var fraction = turns - Vector.Floor(turns);
        return Vector.Abs(fraction - new Vector<float>(0.5f)) * spacing;
    }
}
