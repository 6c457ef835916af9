using HnmStreams.Evaluation.Metrics;
using HnmStreams.Mining.Randomness;

namespace HnmStreams.Tasks.Detection.Rows;

/// <summary>
/// The mirroring of an image in a training step: a function of the step and the position in the batch, so that
/// pixels and boxes agree and a replay of the step is identical.
/// </summary>
/// <param name="Horizontal">True swaps left and right.</param>
/// <param name="Vertical">True swaps top and bottom.</param>
internal readonly record struct Mirroring(bool Horizontal, bool Vertical)
{
    /// <summary>Returns the mirroring of each image of a batch.</summary>
    public static Mirroring[] Draw(long step, int images)
    {
        var generator = new Xoshiro256StarStar(unchecked((ulong)step));
        var drawn = new Mirroring[images];
        for (var i = 0; i < images; i++)
        {
            var bits = generator.NextUInt64() >> 62;
            drawn[i] = new Mirroring((bits & 1) != 0, (bits & 2) != 0);
        }

        return drawn;
    }

    public BoundingBox Of(in BoundingBox box, int width, int height)
    {
        var (left, right) = Horizontal ? (width - box.Right, width - box.Left) : (box.Left, box.Right);
        var (top, bottom) = Vertical ? (height - box.Bottom, height - box.Top) : (box.Top, box.Bottom);
        return new BoundingBox(left, top, right, bottom);
    }
}
