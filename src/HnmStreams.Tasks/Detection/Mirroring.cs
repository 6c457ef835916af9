using HnmStreams.Mining.Randomness;
using HnmStreams.Mining.Selection;

namespace HnmStreams.Tasks.Detection;

/// <summary>Which way round a picture is seen in a step: a function of the step and the place in the batch, so that pixels and boxes agree and a replay sees the same.</summary>
/// <param name="Across">Left and right change sides.</param>
/// <param name="Down">Top and bottom change sides.</param>
internal readonly record struct Mirroring(bool Across, bool Down)
{
    /// <summary>For each picture of the batch.</summary>
    public static Mirroring[] Draw(long step, int pictures)
    {
        var generator = new Xoshiro256StarStar(unchecked((ulong)step));
        var drawn = new Mirroring[pictures];
        for (var i = 0; i < pictures; i++)
        {
            var bits = generator.NextUInt64() >> 62;
            drawn[i] = new Mirroring((bits & 1) != 0, (bits & 2) != 0);
        }

        return drawn;
    }

    public Box Of(in Box box, int width, int height)
    {
        var (left, right) = Across ? (width - box.X2, width - box.X1) : (box.X1, box.X2);
        var (top, bottom) = Down ? (height - box.Y2, height - box.Y1) : (box.Y1, box.Y2);
        return new Box(left, top, right, bottom);
    }
}
