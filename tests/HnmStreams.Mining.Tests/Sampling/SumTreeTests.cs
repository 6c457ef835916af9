using HnmStreams.Mining.Randomness;
using HnmStreams.Mining.Sampling;

namespace HnmStreams.Mining.Tests.Sampling;

public sealed class SumTreeTests
{
    private const ulong Seed = 20_260_505;

    [Fact]
    public void Agrees_with_an_array_over_a_million_changes()
    {
        var generator = new Xoshiro256StarStar(Seed);
        var tree = new SumTree();
        var masses = new double[5_000];
        for (var step = 0; step < 1_000_000; step++)
        {
            var slot = generator.NextInt32(step < 1_000 ? 20 : masses.Length);
            tree[slot] = masses[slot] = generator.NextInt32(3) == 0 ? 0 : generator.NextDouble() * 10;
            if (step % 10_000 != 0)
                continue;
            // The sums do not drift: the error after a million changes is as small as after one.
            Assert.Equal(masses.Sum(), tree.Total, masses.Sum() * 1e-12);
            for (var i = 0; i < 20 && tree.Total > 0; i++)
            {
                var point = generator.NextDouble() * tree.Total;
                var found = tree.Find(point);
                var below = masses.Take(found).Sum();
                Assert.True(masses[found] > 0);
                Assert.InRange(point, below - 1e-8, below + masses[found] + 1e-8);
            }
        }
    }

    /// <summary>Tests magnitudes from 1e-300 to 1e300 together, and points on the boundaries.</summary>
    [Fact]
    public void Never_finds_a_slot_without_mass()
    {
        var generator = new Xoshiro256StarStar(Seed);
        for (var run = 0; run < 300; run++)
        {
            var tree = new SumTree();
            var size = 1 + generator.NextInt32(600);
            for (var i = 0; i < size; i++)
                tree[generator.NextInt32(size)] = generator.NextInt32(2) == 0 ? 0 : Math.Pow(10, (generator.NextDouble() * 600) - 300);
            if (tree.Total == 0)
                continue;
            double[] edges = [0, double.Epsilon, tree.Total / 2, Math.BitDecrement(tree.Total), tree.Total, double.MaxValue];
            foreach (var point in edges.Concat(Enumerable.Range(0, 50).Select(_ => generator.NextDouble() * tree.Total)))
                Assert.True(tree[tree.Find(point)] > 0, $"run {run}, point {point}");
        }
    }

    [Fact]
    public void Throws_if_all_masses_are_0()
    {
        var tree = new SumTree();
        Assert.Throws<InvalidOperationException>(() => tree.Find(0));
        tree[77] = 0.1;
        tree[3] = 0.2;
        Assert.Equal(77, tree.Find(0.25));
        (tree[77], tree[3]) = (0, 0);
        Assert.Equal(0, tree.Total);
        Assert.Throws<InvalidOperationException>(() => tree.Find(0));
    }

    [Theory]
    [InlineData(-1.0)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Rejects_a_negative_or_undefined_mass(double mass) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new SumTree()[0] = mass);
}
