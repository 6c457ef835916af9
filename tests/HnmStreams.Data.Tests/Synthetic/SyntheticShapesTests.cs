using HnmStreams.Data.Synthetic;

namespace HnmStreams.Data.Tests.Synthetic;

/// <summary>Tests of the content of synthetic images, judged from the pixels only.</summary>
public sealed class SyntheticShapesTests
{
    private const int Size = 56;

    [Fact]
    public void A_positive_is_a_closed_ring()
    {
        var share = Of(SyntheticKind.Positive, 0, 1).Average(static e => Encloses(e) ? 1.0 : 0.0);
        Assert.InRange(share, 0.97, 1);
    }

    [Fact]
    public void A_look_alike_with_a_wide_gap_is_not_closed()
    {
        var share = Of(SyntheticKind.LookAlike, 0.4, 0.8).Average(static e => Encloses(e) ? 1.0 : 0.0);
        Assert.InRange(share, 0, 0.03);
    }

    [Fact]
    public void The_gap_of_harder_look_alikes_is_narrower()
    {
        // The length of the gap: directions without line pixels on the circle.
        var easy = Of(SyntheticKind.LookAlike, 0.4, 0.6).Average(GapLength);
        var middle = Of(SyntheticKind.LookAlike, 0.6, 0.8).Average(GapLength);
        var hard = Of(SyntheticKind.LookAlike, 0.8, 1).Average(GapLength);
        var closed = Of(SyntheticKind.Positive, 0, 1).Average(GapLength);
        Assert.True(easy > middle && middle > hard && hard > closed, $"{easy} > {middle} > {hard} > {closed}");
    }

    [Fact]
    public void Difficulty_peaks_in_the_middle_of_the_drift_period()
    {
        var stream = new SyntheticStream(new SyntheticOptions { LookAlikeRate = 0.99, PositiveRate = 0, DriftPeriod = 3000 });
        var thirds = Enumerable.Range(0, 6).Select(_ => Enumerable.Range(0, 500).Select(_ => stream.Next())
            .Where(static e => e.Kind == SyntheticKind.LookAlike).Average(static e => e.Difficulty)).ToArray();
        Assert.True(thirds[0] < thirds[1] && thirds[1] < thirds[2], string.Join(' ', thirds));
        Assert.True(thirds[3] > thirds[4] && thirds[4] > thirds[5], string.Join(' ', thirds));
    }

    [Fact]
    public void The_gap_rotates_over_the_drift_period()
    {
        // The center of gravity of the line is opposite the gap, which is first on the right, then below, on the left and
        // above.
        var stream = new SyntheticStream(new SyntheticOptions { LookAlikeRate = 1, PositiveRate = 0, DriftPeriod = 4000, Size = Size });
        var offset = new List<(double X, double Y)>();
        foreach (var phase in new[] { 0, 1000, 2000, 3000 })
            offset.Add(MeanOffset(Enumerable.Range(phase, 200).Select(i => stream.At(i))));
        Assert.True(offset[0].X < 0 && Math.Abs(offset[0].X) > Math.Abs(offset[0].Y), string.Join(' ', offset));
        Assert.True(offset[1].Y < 0 && Math.Abs(offset[1].Y) > Math.Abs(offset[1].X), string.Join(' ', offset));
        Assert.True(offset[2].X > 0 && Math.Abs(offset[2].X) > Math.Abs(offset[2].Y), string.Join(' ', offset));
        Assert.True(offset[3].Y > 0 && Math.Abs(offset[3].Y) > Math.Abs(offset[3].X), string.Join(' ', offset));
    }

    [Fact]
    public void Every_kind_of_almost_ring_is_closed_and_differs_from_a_ring()
    {
        var stream = new SyntheticStream(new SyntheticOptions { PositiveRate = 0, LookAlikeRate = 1, ChangeAfter = 1, ChangeEvery = 200, NewestShare = 1, Size = Size, Seed = 3 });
        var (line, unevenness) = (Of(SyntheticKind.Positive, 0, 1).Average(LineShare), Of(SyntheticKind.Positive, 0, 1).Average(Unevenness));
        for (var variant = 1; variant <= 7; variant++)
        {
            var examples = Enumerable.Range(0, 200).Select(i => stream.At(1 + ((variant - 1) * 200) + i)).ToArray();
            Assert.All(examples, e => Assert.Equal(variant, e.Variant));
            Assert.InRange(examples.Average(static e => Encloses(e) ? 1.0 : 0.0), 0.9, 1);
            var (more, uneven) = (examples.Average(LineShare) / line, examples.Average(Unevenness) / unevenness);
            Assert.True(more > 1.03 || uneven > 1.5, $"variant {variant}: {more} times the line, {uneven} times as uneven");
        }
    }

    [Fact]
    public void Brightness_does_not_identify_a_positive()
    {
        var positives = Of(SyntheticKind.Positive, 0, 1).Average(Mean);
        var others = Of(SyntheticKind.EasyNegative, 0, 1).Average(Mean);
        Assert.InRange(positives / others, 0.7, 1.3);
    }

    private static IEnumerable<SyntheticExample> Of(SyntheticKind kind, double from, double to) =>
        SyntheticStreamTests.Take(new SyntheticOptions { PositiveRate = 0.2, LookAlikeRate = 0.6, Size = Size, Seed = 3 }, 3000)
            .Where(e => e.Kind == kind && e.Difficulty >= from && e.Difficulty <= to);

    /// <summary>Returns the standard deviation of the distances of the line pixels from their center, as a share of the mean distance.</summary>
    private static double Unevenness(SyntheticExample e)
    {
        var line = LinePixels(e);
        var points = Enumerable.Range(0, line.Length).Where(i => line[i]).Select(static i => (X: i % Size, Y: i / Size)).ToArray();
        var (cx, cy) = (points.Average(static p => p.X), points.Average(static p => p.Y));
        var distances = points.Select(p => Math.Sqrt(((p.X - cx) * (p.X - cx)) + ((p.Y - cy) * (p.Y - cy)))).ToArray();
        var mean = distances.Average();
        return Math.Sqrt(distances.Average(d => (d - mean) * (d - mean))) / mean;
    }

    private static double LineShare(SyntheticExample e) => LinePixels(e).Average(static isLine => isLine ? 1.0 : 0.0);

    private static double Mean(SyntheticExample e) => SyntheticStreamTests.Pixels(e).ToArray().Average(static p => (double)p);

    /// <summary>Returns the line pixels: smoothed over 3 x 3, then thresholded halfway between the darkest and the brightest value.</summary>
    private static bool[] LinePixels(SyntheticExample e)
    {
        var pixels = SyntheticStreamTests.Pixels(e).Span;
        var smooth = new double[Size * Size];
        for (var y = 1; y < Size - 1; y++)
        {
            for (var x = 1; x < Size - 1; x++)
            {
                for (var k = 0; k < 9; k++)
                    smooth[(y * Size) + x] += pixels[((y + (k / 3) - 1) * Size) + x + (k % 3) - 1] / 9.0;
            }
        }

        var (low, high) = (smooth.Where(static v => v > 0).Min(), smooth.Max());
        return [.. smooth.Select(v => v > (low + high) / 2)];
    }

    /// <summary>Returns true if a flood fill from the corner leaves an area of dark pixels untouched.</summary>
    private static bool Encloses(SyntheticExample e)
    {
        var line = LinePixels(e);
        var reached = (bool[])line.Clone();
        var open = new Stack<int>([0]);
        reached[0] = true;
        while (open.TryPop(out var at))
        {
            foreach (var step in (int[])[1, -1, Size, -Size])
            {
                var next = at + step;
                if (next < 0 || next >= line.Length || (Math.Abs(step) == 1 && next / Size != at / Size) || reached[next])
                    continue;
                reached[next] = true;
                open.Push(next);
            }
        }

        return reached.Count(static r => !r) > 40;
    }

    /// <summary>Returns the number of directions out of 72 without line pixels, seen from the center of the line's bounding box.</summary>
    private static double GapLength(SyntheticExample e)
    {
        var line = LinePixels(e);
        var points = Enumerable.Range(0, line.Length).Where(i => line[i]).Select(static i => (X: i % Size, Y: i / Size)).ToArray();
        var (cx, cy) = ((points.Min(static p => p.X) + points.Max(static p => p.X)) / 2.0, (points.Min(static p => p.Y) + points.Max(static p => p.Y)) / 2.0);
        return 72 - points.Select(p => (int)((Math.Atan2(p.Y - cy, p.X - cx) + Math.PI) / Math.Tau * 71.999)).Distinct().Count();
    }

    /// <summary>Returns the mean offset from the center of the line's bounding box to its center of gravity.</summary>
    private static (double X, double Y) MeanOffset(IEnumerable<SyntheticExample> examples)
    {
        var offsets = examples.Select(static e =>
        {
            var line = LinePixels(e);
            var points = Enumerable.Range(0, line.Length).Where(i => line[i]).Select(static i => (X: i % Size, Y: i / Size)).ToArray();
            return (X: points.Average(static p => p.X) - ((points.Min(static p => p.X) + points.Max(static p => p.X)) / 2.0),
                Y: points.Average(static p => p.Y) - ((points.Min(static p => p.Y) + points.Max(static p => p.Y)) / 2.0));
        }).ToArray();
        return (offsets.Average(static l => l.X), offsets.Average(static l => l.Y));
    }
}
