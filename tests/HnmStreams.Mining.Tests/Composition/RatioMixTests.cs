using CsCheck;
using HnmStreams.Mining.Composition;

namespace HnmStreams.Mining.Tests.Composition;

public sealed class RatioMixTests
{
    private static readonly MixOptions Options = new() { BatchSize = 32, PositiveShare = 0.25, HardShare = 0.5 };

    [Fact]
    public void Meets_the_request_when_the_supply_suffices()
    {
        var plan = RatioMix.Plan(Options, new MixSupply(3, 100, 100, 100), miningAllowed: true);
        Assert.Equal((3, 5, 12, 12), (plan.NewPositives, plan.ReservoirPositives, plan.HardNegatives, plan.RandomNegatives));
        Assert.Equal(new MixRequest(8, 12, 12), plan.Asked);
        Assert.Null(plan.Shortfall);
    }

    [Fact]
    public void Requests_no_hard_negatives_while_mining_is_not_allowed()
    {
        var plan = RatioMix.Plan(Options, new MixSupply(8, 100, 100, 100), miningAllowed: false);
        Assert.Equal((8, 0, 0, 24), (plan.NewPositives, plan.ReservoirPositives, plan.HardNegatives, plan.RandomNegatives));
        Assert.Null(plan.Shortfall);
    }

    [Theory]
    [InlineData(2, 1, 100, 100, 3, 15, 14, "5 of 8 positives missing")]
    [InlineData(8, 0, 4, 100, 8, 4, 20, "8 of 12 hard negatives missing")]
    [InlineData(8, 0, 100, 4, 8, 20, 4, "8 of 12 random negatives missing")]
    [InlineData(8, 0, 3, 4, 8, 3, 4, "15 of 32 in total")]
    public void Fills_the_batch_from_other_sources_and_reports_the_shortfall(int added, int kept, int hard, int random, int positives, int givenHard, int givenRandom, string shortfall)
    {
        var plan = RatioMix.Plan(Options, new MixSupply(added, kept, hard, random), miningAllowed: true);
        Assert.Equal((positives, givenHard, givenRandom), (plan.NewPositives + plan.ReservoirPositives, plan.HardNegatives, plan.RandomNegatives));
        Assert.Contains(shortfall, plan.Shortfall, StringComparison.Ordinal);
    }

    [Fact]
    public void Never_exceeds_supply_or_batch_size_and_fills_the_batch_if_possible() =>
        Gen.Select(Gen.Int[1, 64], Gen.Double[0, 1], Gen.Double[0, 1], Gen.Select(Count, Count, Count, Count), Gen.Bool).Sample(
            (size, positiveShare, hardShare, supply, mining) =>
            {
                var (added, kept, hard, random) = supply;
                var options = new MixOptions { BatchSize = size, PositiveShare = positiveShare, HardShare = hardShare };
                var plan = RatioMix.Plan(options, new MixSupply(added, kept, hard, random), mining);
                Assert.InRange(plan.NewPositives, 0, added);
                Assert.InRange(plan.ReservoirPositives, 0, kept);
                Assert.InRange(plan.HardNegatives, 0, mining ? hard : 0);
                Assert.InRange(plan.RandomNegatives, 0, random);
                Assert.InRange(plan.Count, 0, size);
                Assert.Equal(size, plan.Asked.Positives + plan.Asked.HardNegatives + plan.Asked.RandomNegatives);
                var negatives = random + (mining ? hard : 0);
                Assert.Equal(Math.Min(size - plan.NewPositives - plan.ReservoirPositives, negatives), plan.HardNegatives + plan.RandomNegatives);
                var asRequested = plan.NewPositives + plan.ReservoirPositives == plan.Asked.Positives
                    && plan.HardNegatives == plan.Asked.HardNegatives && plan.RandomNegatives == plan.Asked.RandomNegatives;
                Assert.Equal(asRequested, plan.Shortfall is null);
                Assert.All(plan.Shortfalls, s => Assert.InRange(s.Given, 0, s.Wanted - 1));
                Assert.Equal(plan.Count < size, plan.Shortfalls.Any(s => s.Source == MixSource.Batch));
            },
            seed: "0N0XIzNsQ0O2", iter: 20_000);

    private static Gen<int> Count => Gen.Int[0, 40];
}
