using CsCheck;
using HnmStreams.Host.Tune;
using HnmStreams.Mining.Randomness;

namespace HnmStreams.Host.Tests.Tune;

public sealed class TuneVerdictTests
{
    [Fact]
    public void A_constant_gain_is_better_from_the_smallest_difference_that_counts() =>
        Gen.Select(Gen.Double[0, 1].Array[3, 10], Gen.Double[-0.1, 0.1]).Sample(
            (champion, gain) =>
            {
                var verdict = TuneVerdict.Of(champion, [.. champion.Select(c => c + gain)]);
                Assert.Equal(gain, verdict.Difference, 1e-9);
                Assert.Equal(gain > TuneVerdict.MinDifference, verdict.IsBetter);
            },
            seed: "0000KOIPe036", iter: 500, threads: 1);

    [Fact]
    public void Two_seeds_decide_nothing() => Assert.False(TuneVerdict.Of([0.1, 0.1], [0.9, 0.9]).IsBetter);

    [Fact]
    public void One_seed_has_no_interval() => Assert.Equal(double.PositiveInfinity, TuneVerdict.Of([0.1], [0.9]).HalfWidth);

    [Fact]
    public void A_gain_within_the_noise_is_not_better() => Assert.False(TuneVerdict.Of([0.5, 0.5, 0.5, 0.5], [0.9, 0.4, 0.7, 0.45]).IsBetter);

    [Fact]
    public void Equal_methods_are_called_better_in_at_most_a_twentieth_of_the_comparisons()
    {
        // A two-sided 95 % interval excludes 0 on the upper side in 2.5 % of the comparisons.
        var random = new Xoshiro256StarStar(5);
        var wrong = Enumerable.Range(0, 4_000).Count(_ => TuneVerdict.Of(Noise(), Noise()).IsBetter);
        Assert.InRange(wrong, 20, 160);

        double[] Noise() => [.. Enumerable.Range(0, 5).Select(_ => 0.5 + (0.1 * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())))];
    }
}
