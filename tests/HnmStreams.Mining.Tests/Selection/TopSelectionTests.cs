using CsCheck;
using HnmStreams.Mining.Selection;

namespace HnmStreams.Mining.Tests.Selection;

/// <summary>Compares the selections by hardness with sorting.</summary>
public sealed class TopSelectionTests
{
    private const string Seed = "0000KOIPe036";

    // Coarse values with many ties, and some that are not numbers.
    private static readonly Gen<float> Hardness = Gen.Frequency((12, Gen.Int[-8, 8].Select(i => i / 2f)), (1, Gen.Const(float.NaN)), (1, Gen.Const(-0f)), (1, Gen.Const(float.PositiveInfinity)));

    [Fact]
    public void Equals_the_top_of_a_sorted_list() => Gen.Select(Hardness.Array[0, 60], Gen.Int[-1, 70]).Sample(
        (values, count) =>
        {
            var chosen = new List<int>();
            TopK.Select(values, count, chosen);
            Assert.Equal(Sorted(values).Take(Math.Max(0, count)), chosen);
        },
        seed: Seed, iter: 5_000, threads: 1);

    [Fact]
    public void Equals_the_top_of_a_sorted_list_for_large_batches()
    {
        var values = new float[50_000];
        for (var i = 0; i < values.Length; i++)
            values[i] = i * 7_919 % 10_007;
        var chosen = new List<int>();
        TopK.Select(values, 1_000, chosen);
        Assert.Equal(Sorted(values).Take(1_000), chosen);
    }

    /// <summary>Compares with a greedy selection from the hardest that skips intervals overlapping a selected one by more than the bound.</summary>
    [Fact]
    public void Suppresses_examples_that_overlap_a_harder_one()
    {
        var interval = Gen.Select(Gen.Int[0, 20], Gen.Int[0, 6]).Select((start, length) => (Start: start, End: start + length));
        Gen.Select(Gen.Select(Hardness, interval).Array[0, 30], Gen.Int[0, 12], Gen.Int[0, 10]).Sample(
            (items, count, tenths) =>
            {
                var (values, intervals) = (items.Select(i => i.Item1).ToArray(), items.Select(i => i.Item2).ToArray());
                var chosen = new List<int>();
                OnlineHardExampleMining.Select(values, (a, b) => Overlap(intervals[a], intervals[b]), tenths / 10f, count, chosen);
                var expected = new List<int>();
                foreach (var index in Sorted(values))
                {
                    if (expected.Count < count && expected.TrueForAll(e => Overlap(intervals[e], intervals[index]) <= tenths / 10f))
                        expected.Add(index);
                }

                Assert.Equal(expected, chosen);
            },
            seed: Seed, iter: 5_000, threads: 1);
    }

    [Fact]
    public void The_maximum_overlap_must_be_a_fraction()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => OnlineHardExampleMining.Select([1], static (_, _) => 0, 1.5f, 1, []));
        Assert.Throws<ArgumentOutOfRangeException>(() => OnlineHardExampleMining.Select([1], static (_, _) => 0, float.NaN, 1, []));
    }

    [Fact]
    public void Keeps_the_positives_and_hardest_negatives_of_each_image() =>
        Gen.Select(Gen.Select(Hardness, Gen.Bool).Array[0, 12].Array[0, 5], Gen.Int[0, 3], Gen.Int[0, 2]).Sample(
            (images, ratio, minimum) =>
            {
                var all = images.SelectMany(i => i).ToArray();
                var chosen = new List<int>();
                NegativesPerPositive.Select([.. all.Select(a => a.Item1)], [.. all.Select(a => a.Item2)], [.. images.Select(i => i.Length)], ratio, minimum, chosen);
                var expected = new List<int>();
                var start = 0;
                foreach (var image in images)
                {
                    var positives = Enumerable.Range(0, image.Length).Where(i => image[i].Item2).ToArray();
                    expected.AddRange(positives.Select(i => start + i));
                    expected.AddRange(Sorted([.. image.Select(a => a.Item2 ? float.NaN : a.Item1)]).Take(Math.Max(minimum, positives.Length * ratio)).Select(i => start + i));
                    start += image.Length;
                }

                Assert.Equal(expected, chosen);
            },
            seed: Seed, iter: 3_000, threads: 1);

    [Fact]
    public void Images_must_cover_all_anchors()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => NegativesPerPositive.Select([1, 2], [true, false], [1], 3, 0, []));
        Assert.Throws<ArgumentOutOfRangeException>(() => NegativesPerPositive.Select([1, 2], [true, false], [3], 3, 0, []));
        Assert.Throws<ArgumentOutOfRangeException>(() => NegativesPerPositive.Select([1, 2], [true], [2], 3, 0, []));
    }

    [Theory]
    [InlineData(0.8f, 0.9f, 0.95f, 0.76f)]
    [InlineData(-0.4f, 0.9f, 0.95f, -0.42f)]
    [InlineData(0f, 0.9f, 0.95f, 0f)]
    public void A_percentage_applies_to_the_lowest_positive_and_never_exceeds_it(float lowest, float other, float percentage, float bound) =>
        Assert.Equal(bound, PositiveAwareFilter.Bound([other, lowest, other], new PositiveAwareOptions { MaxShare = percentage }), 1e-6f);

    [Fact]
    public void Applies_the_strictest_bound_and_skips_by_rank()
    {
        float[] candidates = [0.99f, 0.2f, 0.7f, float.NaN, 0.75f, -0.3f, 0.6f];
        Assert.Equal([4, 2, 6], Filter(candidates, [0.8f], new PositiveAwareOptions { Margin = 0.05f }, 3));
        Assert.Equal([2, 6, 1, 5], Filter(candidates, [0.9f, 0.8f], new PositiveAwareOptions { Margin = 0.05f, MaxScore = 0.7f }, 9));
        Assert.Equal([2, 6], Filter(candidates, [0.8f], new PositiveAwareOptions { Skip = 2 }, 2));
        Assert.Equal([0, 4], Filter(candidates, [], new PositiveAwareOptions { Margin = 0.5f }, 2));
        Assert.Empty(Filter(candidates, [float.NaN], new PositiveAwareOptions { Margin = 0.5f }, 2));
    }

    private static List<int> Filter(float[] candidates, float[] positives, PositiveAwareOptions options, int count)
    {
        var chosen = new List<int>();
        PositiveAwareFilter.Select(candidates, positives, options, count, chosen);
        return chosen;
    }

    private static IEnumerable<int> Sorted(float[] values) =>
        Enumerable.Range(0, values.Length).Where(i => !float.IsNaN(values[i])).OrderByDescending(i => values[i] + 0f).ThenBy(i => i);

    private static double Overlap((int Start, int End) a, (int Start, int End) b)
    {
        var shared = Math.Max(0, Math.Min(a.End, b.End) - Math.Max(a.Start, b.Start));
        return shared == 0 ? 0 : shared / (double)(a.End - a.Start + b.End - b.Start - shared);
    }
}
