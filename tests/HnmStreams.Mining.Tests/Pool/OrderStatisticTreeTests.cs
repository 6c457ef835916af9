using HnmStreams.Mining.Pool.Ordering;
using HnmStreams.Mining.Randomness;

namespace HnmStreams.Mining.Tests.Pool;

public sealed class OrderStatisticTreeTests
{
    private const ulong Seed = 20_260_501;

    /// <summary>Compares with a sorted set over a million random operations, in phases of growth and shrinkage.</summary>
    [Theory]
    [InlineData(50)]
    [InlineData(5_000)]
    [InlineData(60_000)]
    public void Agrees_with_a_sorted_set_over_a_million_operations(int maxCount)
    {
        var generator = new Xoshiro256StarStar(Seed);
        var tree = new OrderStatisticTree(0);
        var model = new SortedSet<long>();
        var keys = new List<long>();
        for (var step = 0; step < 330_000; step++)
        {
            var growing = step / (maxCount * 3) % 2 == 0;
            if (keys.Count == 0 || (generator.NextInt32(4) != 0) == growing)
            {
                // Alternates dense and sparse ranges of keys, so that nodes split at their ends and in the middle.
                var key = generator.NextInt32(3) == 0 ? generator.NextInt64(long.MaxValue) : (step * 7L) + generator.NextInt32(50);
                if (model.Count < maxCount && model.Add(key))
                {
                    tree.Add(key);
                    keys.Add(key);
                }
            }
            else if (generator.NextInt32(3) == 0)
            {
                var index = generator.NextInt32(keys.Count);
                var moved = generator.NextInt32(2) == 0 ? generator.NextInt64(long.MaxValue) : Math.Max(0, keys[index] + generator.NextInt32(9) - 4);
                if (model.Add(moved))
                {
                    tree.Replace(keys[index], moved);
                    model.Remove(keys[index]);
                    keys[index] = moved;
                }
            }
            else
            {
                var index = generator.NextInt32(4) == 0 ? keys.IndexOf(model.Min) : generator.NextInt32(keys.Count);
                tree.Remove(keys[index]);
                model.Remove(keys[index]);
                keys[index] = keys[^1];
                keys.RemoveAt(keys.Count - 1);
            }

            Assert.Equal(model.Count, tree.Count);
            Assert.Equal(model.Count == 0 ? long.MaxValue : model.Min, tree.Smallest);
            if (step % Math.Max(97, maxCount / 2) == 0)
                AssertSame(model, tree);
        }

        AssertSame(model, tree);
    }

    [Fact]
    public void Throws_if_a_removed_key_is_missing()
    {
        var tree = new OrderStatisticTree(0);
        tree.Add(5);
        Assert.Throws<InvalidOperationException>(() => tree.Remove(6));
    }

    [Fact]
    public void A_cleared_tree_can_be_reused()
    {
        var tree = new OrderStatisticTree(0);
        for (var key = 0; key < 10_000; key++)
            tree.Add(key);
        tree.Clear();
        tree.Add(7);
        Assert.Equal((1, 7, 7), (tree.Count, tree.Smallest, tree.Largest));
    }

    private static void AssertSame(SortedSet<long> model, OrderStatisticTree tree)
    {
        var rank = 0;
        foreach (var key in model)
        {
            Assert.Equal(key, tree[rank]);
            Assert.Equal(rank, tree.RankOf(key));
            Assert.Equal(rank + 1, tree.RankOf(key + 1));
            rank++;
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => tree[rank]);
    }
}
