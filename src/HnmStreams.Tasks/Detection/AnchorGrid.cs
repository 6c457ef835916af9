using HnmStreams.Evaluation.Metrics;

namespace HnmStreams.Tasks.Detection;

/// <summary>
/// All anchors of an image in the order of the network's outputs: map by map from the finest, row by row, position
/// by position, shape by shape. Immutable.
/// </summary>
internal sealed class AnchorGrid
{
    // Offsets are learned in these units (Liu et al., arXiv 1512.02325, their published code), so that localization and
    // classification losses have a similar magnitude.
    private const float CenterUnit = 0.1f, SizeUnit = 0.2f;

    private readonly BoundingBox[] _anchors;

    public AnchorGrid(DetectionOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var anchors = new List<BoundingBox>();
        foreach (var map in options.Shapes.GroupBy(a => a.Stride).OrderBy(g => g.Key))
        {
            for (var y = 0; y < Positions(options.Height, map.Key); y++)
            {
                for (var x = 0; x < Positions(options.Width, map.Key); x++)
                    anchors.AddRange(map.Select(shape => Around((x + 0.5f) * map.Key, (y + 0.5f) * map.Key, shape)));
            }
        }

        _anchors = [.. anchors];
    }

    public int Count => _anchors.Length;

    public ReadOnlySpan<BoundingBox> Anchors => _anchors;

    /// <summary>Returns the intersection over union of two anchors, given by their indices.</summary>
    public double Overlap(int first, int second) => _anchors[first].IntersectionOverUnion(_anchors[second]);

    /// <summary>Returns the number of positions per side: each convolution of stride 2 with padding 1 rounds up.</summary>
    public static int Positions(int pixels, int stride) => (pixels + stride - 1) / stride;

    /// <summary>
    /// Writes the network's target for an object at an anchor: the offset of the center and the logarithm of the
    /// relative size (Girshick et al., arXiv 1311.2524, appendix C).
    /// </summary>
    public void Encode(int anchor, in BoundingBox region, Span<float> offsets)
    {
        ref readonly var at = ref _anchors[anchor];
        var (width, height) = (at.Right - at.Left, at.Bottom - at.Top);
        offsets[0] = (region.Left + region.Right - at.Left - at.Right) / (2 * width * CenterUnit);
        offsets[1] = (region.Top + region.Bottom - at.Top - at.Bottom) / (2 * height * CenterUnit);
        offsets[2] = MathF.Log((region.Right - region.Left) / width) / SizeUnit;
        offsets[3] = MathF.Log((region.Bottom - region.Top) / height) / SizeUnit;
    }

    /// <summary>
    /// Returns the box of predicted offsets: the inverse of <see cref="Encode"/>. Sizes are limited to e^4 times the
    /// anchor's, because an untrained network would otherwise predict infinities.
    /// </summary>
    public BoundingBox Decode(int anchor, ReadOnlySpan<float> offsets)
    {
        ref readonly var at = ref _anchors[anchor];
        var (width, height) = (at.Right - at.Left, at.Bottom - at.Top);
        var x = ((at.Left + at.Right) / 2) + (offsets[0] * CenterUnit * width);
        var y = ((at.Top + at.Bottom) / 2) + (offsets[1] * CenterUnit * height);
        var halfWidth = width * MathF.Exp(Math.Min(4, offsets[2] * SizeUnit)) / 2;
        var halfHeight = height * MathF.Exp(Math.Min(4, offsets[3] * SizeUnit)) / 2;
        return new BoundingBox(x - halfWidth, y - halfHeight, x + halfWidth, y + halfHeight);
    }

    private static BoundingBox Around(float x, float y, AnchorShape shape) =>
        new(x - (shape.Width / 2), y - (shape.Height / 2), x + (shape.Width / 2), y + (shape.Height / 2));
}
