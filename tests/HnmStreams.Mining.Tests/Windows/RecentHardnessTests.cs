using HnmStreams.Mining.Randomness;
using HnmStreams.Mining.Windows;

namespace HnmStreams.Mining.Tests.Windows;

public sealed class RecentHardnessTests
{
    [Fact]
    public void Shares_and_quantiles_are_those_of_the_last_ones()
    {
        var generator = new Xoshiro256StarStar(20_260_509);
        var recent = new RecentHardness(50);
        var model = new Queue<float>();
        Assert.True(float.IsNaN(recent.Quantile(0.5)));
        for (var step = 0; step < 10_000; step++)
        {
            var hardness = (generator.NextInt32(60) / 4f) - 3;
            recent.Observe(hardness);
            model.Enqueue(hardness);
            if (model.Count > 50)
                model.Dequeue();
            var sorted = model.Order().ToArray();
            Assert.Equal(sorted.Length, recent.Count);
            Assert.Equal(sorted.Count(h => h <= hardness) / (double)sorted.Length, recent.ShareUpTo(hardness), 1e-12);
            // The smallest one that a share of p does not exceed.
            var p = generator.NextDouble();
            Assert.Equal(sorted.First(h => sorted.Count(other => other <= h) >= p * sorted.Length), recent.Quantile(p));
            Assert.Equal((sorted[0], sorted[^1]), (recent.Quantile(0), recent.Quantile(1)));
        }
    }
}
