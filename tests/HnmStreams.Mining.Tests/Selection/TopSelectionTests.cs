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

    /// <summary>Compares with a greedy selection from the hardest that skips boxes overlapping a selected one by more than the bound.</summary>
    [Fact]
    public void Suppresses_boxes_that_overlap_a_harder_one()
    {
        var box = Gen.Select(Gen.Int[0, 10], Gen.Int[0, 10], Gen.Int[0, 6], Gen.Int[0, 6]).Select((x, y, w, h) => new Box(x, y, x + w, y + h));
        Gen.Select(Gen.Select(Hardness, box).Array[0, 30], Gen.Int[0, 12], Gen.Int[0, 10]).Sample(
            (items, count, tenths) =>
            {
                var (values, boxes) = (items.Select(i => i.Item1).ToArray(), items.Select(i => i.Item2).ToArray());
                var chosen = new List<int>();
                OnlineHardExampleMining.Select(values, boxes, tenths / 10f, count, chosen);
                var expected = new List<int>();
                foreach (var index in Sorted(values))
                {
                    if (expected.Count < count && expected.TrueForAll(e => Overlap(boxes[e], boxes[index]) <= tenths / 10f))
                        expected.Add(index);
                }

                Assert.Equal(expected, chosen);
            },
            seed: Seed, iter: 5_000, threads: 1);
    }

    [Fact]
    public void Intersection_over_union_equals_values_computed_by_hand()
    {
        // Two boxes of 2 x 2, shifted by (1, 1): the intersection is 1 and the union 7.
        Assert.Equal(1 / 7f, new Box(0, 0, 2, 2).IntersectionOverUnion(new Box(1, 1, 3, 3)), 1e-6f);
        Assert.Equal(0, new Box(0, 0, 0, 0).IntersectionOverUnion(new Box(0, 0, 0, 0)));
        Assert.Equal(0, new Box(0, 0, 1, 1).IntersectionOverUnion(new Box(1, 0, 2, 1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => OnlineHardExampleMining.Select([1], [], 0.7f, 1, []));
        Assert.Throws<ArgumentOutOfRangeException>(() => OnlineHardExampleMining.Select([1], [default], 1.5f, 1, []));
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
        Assert.Equal(bound, PositiveAwareFilter.Bound([other, lowest, other], new PositiveAwareOptions { Percentage = percentage }), 1e-6f);

    [Fact]
    public void Applies_the_strictest_bound_and_skips_by_rank()
    {
        float[] candidates = [0.99f, 0.2f, 0.7f, float.NaN, 0.75f, -0.3f, 0.6f];
        Assert.Equal([4, 2, 6], Filter(candidates, [0.8f], new PositiveAwareOptions { Margin = 0.05f }, 3));
        Assert.Equal([2, 6, 1, 5], Filter(candidates, [0.9f, 0.8f], new PositiveAwareOptions { Margin = 0.05f, MaximumScore = 0.7f }, 9));
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

    private static double Overlap(Box a, Box b)
    {
        var width = Math.Max(0, Math.Min(a.X2, b.X2) - Math.Max(a.X1, b.X1));
        var height = Math.Max(0, Math.Min(a.Y2, b.Y2) - Math.Max(a.Y1, b.Y1));
        var union = (a.X2 - a.X1) * (a.Y2 - a.Y1) + ((b.X2 - b.X1) * (b.Y2 - b.Y1)) - (width * height);
        return width * height == 0 ? 0 : (float)(width * height) / union;
    }
}
