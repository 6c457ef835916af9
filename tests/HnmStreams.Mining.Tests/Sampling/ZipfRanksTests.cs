using HnmStreams.Mining.Randomness;
using HnmStreams.Mining.Sampling;

namespace HnmStreams.Mining.Tests.Sampling;

public sealed class ZipfRanksTests
{
    [Theory]
    [InlineData(1, 0.7)]
    [InlineData(64, 1.0)]
    [InlineData(65, 0.7)]
    [InlineData(100_000, 0.7)]
    [InlineData(100_000, 1.0)]
    [InlineData(100_000, 0.0)]
    [InlineData(5_000, 3.5)]
    public void The_normalization_constant_equals_the_sum(int count, double alpha) =>
        Assert.Equal(Enumerable.Range(1, count).Reverse().Sum(r => Math.Pow(r, -alpha)), new ZipfRanks(count, alpha).NormalizationConstant, 1e-6);

    [Theory]
    [InlineData(20, 0.0)]
    [InlineData(20, 0.7)]
    [InlineData(20, 1.0)]
    [InlineData(20, 2.5)]
    public void Ranks_follow_the_power_law(int count, double alpha)
    {
        const int Draws = 100_000;
        var generator = new Xoshiro256StarStar(20_260_507);
        var ranks = new ZipfRanks(count, alpha);
        var counts = new int[count + 1];
        for (var i = 0; i < Draws; i++)
            counts[ranks.Draw(generator)]++;
        var total = Enumerable.Range(1, count).Sum(r => Math.Pow(r, -alpha));
        var chiSquare = Enumerable.Range(1, count).Sum(r => Math.Pow(counts[r] - (Draws * Math.Pow(r, -alpha) / total), 2) / (Draws * Math.Pow(r, -alpha) / total));
        // 19 degrees of freedom: the 0.1 % critical value is 43.82.
        Assert.InRange(chiSquare, 0, 43.82);
    }
}
