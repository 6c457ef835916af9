using CsCheck;
using HnmStreams.Mining.Selection;

namespace HnmStreams.Mining.Tests.Selection;

public sealed class StreamingTopKTests
{
    private const string Seed = "0000KOIPe036";

    // Coarse values with many ties.
    private static readonly Gen<float> Score = Gen.Frequency((12, Gen.Int[-20, 20].Select(i => i / 4f)), (1, Gen.Const(float.NaN)), (1, Gen.Const(-0f)), (1, Gen.Const(float.PositiveInfinity)));

    [Fact]
    public void Equals_sorting_for_any_tiling_of_the_scores() =>
        Gen.Select(Score.Array[0, 400], Gen.Int[1, 30], Gen.Int[1, 200], Gen.Int[-24, 24], Gen.Int[-8, 30], Gen.Int[0, 399].HashSet[0, 6]).Sample(
            (scores, count, tile, lowest, highest, excluded) =>
            {
                var (low, high, excludedIndices) = (lowest / 4f, highest / 4f, excluded.Order().ToArray());
                var top = new StreamingTopK(2, count);
                top.Begin(1, low, high);
                for (var from = 0; from < scores.Length; from += tile)
                    top.Offer(1, scores.AsSpan(from, Math.Min(tile, scores.Length - from)), from, excludedIndices);
                var (candidates, values) = (new List<int>(), new List<float>());
                top.CopyTo(1, candidates, values);

                var expected = Enumerable.Range(0, scores.Length)
                    .Where(i => scores[i] >= low && scores[i] <= high && !excludedIndices.Contains(i))
                    .OrderByDescending(i => scores[i]).ThenBy(i => i).Take(count).ToArray();
                Assert.Equal(expected, candidates);
                Assert.Equal(expected.Select(i => scores[i] + 0f), values);
                Assert.Equal(Enumerable.Range(0, scores.Length).Count(i => scores[i] > high && scores[i] >= low && !excludedIndices.Contains(i)), top.AboveMaximumCount(1));
            },
            seed: Seed, iter: 3_000, threads: 1);

    [Fact]
    public void Begin_clears_a_query()
    {
        var top = new StreamingTopK(1, 2);
        top.Offer(0, [5, 4, 3], 0);
        top.Begin(0, float.NegativeInfinity, 3.5f);
        top.Offer(0, [1, 9, 2, 3], 10);
        var (candidates, values) = (new List<int>(), new List<float>());
        top.CopyTo(0, candidates, values);
        Assert.Equal([13, 12], candidates);
        Assert.Equal([3, 2], values);
        Assert.Equal(1, top.AboveMaximumCount(0));
    }

    [Fact]
    public void Rejects_NaN_bounds()
    {
        var top = new StreamingTopK(1, 2);
        Assert.Throws<ArgumentException>(() => top.Begin(0, float.NaN, 1));
        Assert.Throws<ArgumentException>(() => top.Begin(0, 0, float.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => new StreamingTopK(0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new StreamingTopK(1, 0));
    }
}
