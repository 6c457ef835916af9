using CsCheck;
using HnmStreams.Host.Tune;
using HnmStreams.Mining.RateLimiting;

namespace HnmStreams.Host.Tests.Tune;

public sealed class TunePlanTests
{
    private const long MinLongest = 55_296;

    [Theory]
    [InlineData(1_024, 512, MinLongest)]
    [InlineData(0, 1, 4_500)]
    [InlineData(long.MaxValue, 512, TunePlan.MaxLongest)]
    public void The_shortest_runs_take_ten_steps(long minExamples, double perStep, long longest) =>
        Assert.Equal(longest, TunePlan.MinLongest(new StepLimiterOptions { MinExamples = minExamples, ExamplesPerStep = perStep }));

    [Fact]
    public void A_cost_passes_through_two_runs()
    {
        var cost = RunCost.Through((2_000, 3), (6_000, 5));
        Assert.Equal((2, 0.0005), (cost.FixedSeconds, cost.SecondsPerExample));
        Assert.Equal(12, cost.Of(20_000));
    }

    [Theory]
    [InlineData(6_000, 2.5)]
    [InlineData(6_000, 30)]
    [InlineData(2_000, 4)]
    public void Nothing_is_fixed_if_the_runs_do_not_show_it(long examples, double seconds)
    {
        var cost = RunCost.Through((2_000, 3), (examples, seconds));
        Assert.Equal(0, cost.FixedSeconds);
        Assert.True(cost.SecondsPerExample > 0);
    }

    [Fact]
    public void A_round_fits_the_budget_unless_it_is_too_small() =>
        Gen.Select(Gen.Double[0, 3], Gen.Double[1e-5, 1e-2], Gen.Double[10, 36_000], Gen.Int[1, 40], Gen.Int[3, 10]).Sample(
            (fixedSeconds, perExample, budget, candidates, seeds) =>
            {
                var cost = new RunCost(fixedSeconds, perExample);
                var longest = TunePlan.Longest(cost, budget, candidates, seeds, MinLongest, available: null);
                Assert.InRange(longest, MinLongest, TunePlan.MaxLongest);
                var sizes = SuccessiveHalving.Sizes(candidates);
                var seconds = sizes.Select((size, rung) => (size + 1) * cost.Of(SuccessiveHalving.Length(rung, sizes.Count, longest))).Sum() + (2 * seeds * cost.Of(longest));
                Assert.True(longest == MinLongest || seconds <= budget);
                Assert.True(TunePlan.Longest(cost, 2 * budget, candidates, seeds, MinLongest, null) >= longest);
            },
            seed: "0000KOIPe036", iter: 500, threads: 1);

    [Fact]
    public void Runs_are_not_longer_than_the_stream() =>
        Assert.Equal(700, TunePlan.Longest(new RunCost(0, 1e-6), 3_600, 10, 5, MinLongest, available: 700));
}
