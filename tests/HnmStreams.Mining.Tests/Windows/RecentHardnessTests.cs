using HnmStreams.Mining.Persistence;
using HnmStreams.Mining.Randomness;
using HnmStreams.Mining.Windows;

namespace HnmStreams.Mining.Tests.Windows;

public sealed class RecentHardnessTests
{
    [Fact]
    public void Shares_and_quantiles_equal_those_of_a_sorted_window()
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
            // The nearest-rank quantile: the smallest value that at least a share p of the window does not exceed.
            var p = generator.NextDouble();
            Assert.Equal(sorted.First(h => sorted.Count(other => other <= h) >= p * sorted.Length), recent.Quantile(p));
            Assert.Equal((sorted[0], sorted[^1]), (recent.Quantile(0), recent.Quantile(1)));
        }
    }

    [Fact]
    public void Ignores_values_that_are_not_finite()
    {
        var recent = new RecentHardness(4);
        recent.Observe(1);
        recent.Observe(float.NaN);
        recent.Observe(float.PositiveInfinity);
        Assert.Equal(1, recent.Count);
        Assert.Equal(0, recent.ShareUpTo(0.5f));
        Assert.Equal(1, recent.ShareUpTo(1));
    }

    [Fact]
    public void Rejects_a_history_without_entries() => Assert.Throws<ArgumentOutOfRangeException>(() => new RecentHardness(0));

    [Fact]
    public void A_restored_window_continues_exactly_like_the_saved_one()
    {
        var recent = new RecentHardness(10);
        for (var i = 0; i < 37; i++)
            recent.Observe(i * 7 % 11);
        var writer = new StateWriter();
        recent.Save(writer);
        var restored = new RecentHardness(10);
        restored.Restore(new StateReader(writer.Written));
        for (var i = 0; i < 30; i++)
        {
            Assert.Equal(recent.ShareUpTo(i % 12), restored.ShareUpTo(i % 12));
            recent.Observe(i);
            restored.Observe(i);
        }

        Assert.Throws<InvalidDataException>(() => new RecentHardness(9).Restore(new StateReader(writer.Written)));
    }
}
