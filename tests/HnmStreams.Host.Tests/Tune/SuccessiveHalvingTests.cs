using CsCheck;
using HnmStreams.Host.Tune;

namespace HnmStreams.Host.Tests.Tune;

public sealed class SuccessiveHalvingTests
{
    [Theory]
    [InlineData(17, new[] { 17, 5, 1 })]
    [InlineData(9, new[] { 9, 3, 1 })]
    [InlineData(4, new[] { 4, 1 })]
    [InlineData(1, new[] { 1 })]
    [InlineData(0, new int[0])]
    [InlineData(100, new[] { 100, 33, 11 })]
    public void A_third_of_each_rung_is_promoted(int candidates, int[] sizes) => Assert.Equal(sizes, SuccessiveHalving.Sizes(candidates));

    [Fact]
    public void Runs_grow_threefold_to_the_longest() =>
        Assert.Equal([1_000L, 3_000, 9_000], Enumerable.Range(0, 3).Select(rung => SuccessiveHalving.Length(rung, 3, 9_000)));

    [Fact]
    public void No_rung_costs_much_more_than_the_first() =>
        Gen.Select(Gen.Int[1, 500], Gen.Long[100, 1_000_000]).Sample(
            (candidates, longest) =>
            {
                var sizes = SuccessiveHalving.Sizes(candidates);
                var costs = sizes.Select((size, rung) => size * SuccessiveHalving.Length(rung, sizes.Count, longest)).ToArray();
                Assert.All(costs, cost => Assert.True(cost <= Math.Max(longest, 1.05 * costs[0])));
            },
            seed: "0000KOIPe036", iter: 500, threads: 1);

    [Fact]
    public void A_candidate_that_is_best_in_every_rung_wins() =>
        Gen.Double[0, 1].Array[1, 60].Sample(
            qualities =>
            {
                IReadOnlyList<int> remaining = [.. Enumerable.Range(0, qualities.Length)];
                var sizes = SuccessiveHalving.Sizes(qualities.Length);
                for (var rung = 0; rung < sizes.Count; rung++)
                {
                    Assert.Equal(sizes[rung], remaining.Count);
                    remaining = SuccessiveHalving.Best([.. remaining.Select(i => (i, qualities[i]))], rung + 1 < sizes.Count ? sizes[rung + 1] : 1);
                }

                Assert.Equal(qualities.Max(), qualities[Assert.Single(remaining)]);
            },
            seed: "0000KOIPe036", iter: 300, threads: 1);

    [Fact]
    public void An_undefined_result_is_the_worst() =>
        Assert.Equal(["b", "c", "a"], SuccessiveHalving.Best([("a", double.NaN), ("b", 0.2), ("c", -1.0)], 3));
}
