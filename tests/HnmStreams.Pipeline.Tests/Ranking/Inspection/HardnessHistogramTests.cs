using CsCheck;
using HnmStreams.Pipeline.Ranking.Inspection;

namespace HnmStreams.Pipeline.Tests.Ranking.Inspection;

public sealed class HardnessHistogramTests
{
    [Fact]
    public void Every_candidate_is_counted_in_the_bin_that_contains_it() =>
        Gen.Select(Gen.Float[-3, 50].Array[0, 300], Gen.Bool).Sample((values, onlyPositive) =>
        {
            var hardness = onlyPositive ? [.. values.Select(MathF.Abs)] : values;
            var histogram = HardnessHistogram.Of(hardness, 1);
            Assert.Equal((hardness.Length, hardness.Length), (histogram.Count, histogram.Bins.Sum(b => b.Count)));
            foreach (var (one, next) in histogram.Bins.Zip(histogram.Bins.Skip(1)))
                Assert.True(one.To == next.From && one.From < one.To);
            if (histogram.IsLogarithmic || histogram.Bins.Count < 2)
                return;
            // Counts again. A value at an edge may be in either bin because of rounding.
            for (var i = 0; i < histogram.Bins.Count; i++)
            {
                var bin = histogram.Bins[i];
                var tolerance = 1e-4 * (histogram.Bins[^1].To - histogram.Bins[0].From);
                Assert.InRange(bin.Count, hardness.Count(h => h > bin.From + tolerance && h < bin.To - tolerance), hardness.Count(h => h >= bin.From - tolerance && h <= bin.To + tolerance));
            }
        });

    [Fact]
    public void The_threshold_is_null_while_there_is_room()
    {
        Assert.Null(HardnessHistogram.Of([1f, 2f], float.NegativeInfinity).Threshold);
        Assert.Equal(0.5, HardnessHistogram.Of([1f, 2f], 0.5f).Threshold);
        Assert.Empty(HardnessHistogram.Of([], 0.5f).Bins);
        Assert.Equal([new HardnessBin(2, 2, 3)], HardnessHistogram.Of([2f, 2f, 2f], 0.5f).Bins);
    }
}
