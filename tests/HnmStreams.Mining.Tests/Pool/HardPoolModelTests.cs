using HnmStreams.Mining.Pool;
using HnmStreams.Mining.Randomness;

namespace HnmStreams.Mining.Tests.Pool;

/// <summary>Long random courses against the naive pool, every answer and every invariant compared.</summary>
public sealed class HardPoolModelTests
{
    [Theory]
    [InlineData(1, 20, 1_000_000, 0, 8)]
    [InlineData(2, 40, 3_000, 0, 0)]
    [InlineData(3, 15, 2_000, 3, 2)]
    [InlineData(4, 1, 1_000_000, 1, 1)]
    public void Behaves_like_the_naive_one(ulong seed, int count, long bytes, int maximumUses, long cooldown)
    {
        var options = new PoolOptions { Count = count, Bytes = bytes, MaximumUses = maximumUses, CooldownSteps = cooldown };
        var left = new List<int>();
        var pool = new HardPool<int, int>(options, (key, payload) => left.Add(payload));
        var naive = new NaivePool(options);
        var generator = new Xoshiro256StarStar(seed);
        var entered = 0;
        for (var operation = 0; operation < 50_000; operation++)
        {
            var key = generator.NextInt32(80);
            // Few distinct values, so that ties are the rule; negative ones too.
            var hardness = (generator.NextInt32(40) / 4f) - 3;
            switch (generator.NextInt32(20))
            {
                case < 10:
                    var size = 1 + generator.NextInt32(200);
                    var wouldAccept = pool.WouldAccept(hardness, size);
                    var outcome = pool.Offer(key, hardness, operation, size, operation);
                    Assert.Equal(naive.Offer(key, hardness, size), outcome);
                    Assert.True(outcome != OfferOutcome.Added || wouldAccept);
                    entered += outcome == OfferOutcome.Added ? 1 : 0;
                    break;
                case < 16:
                    Assert.Equal(naive.Update(key, hardness), pool.Update(key, hardness, operation));
                    break;
                case < 18:
                    Assert.Equal(naive.Remove(key), pool.Remove(key));
                    break;
                default:
                    var wanted = generator.NextInt32(6);
                    var drawn = new List<PoolItem<int, int>>();
                    pool.Draw(wanted, DrawOrder.Hardest, operation / 8, generator, drawn);
                    Assert.Equal(naive.DrawHardest(wanted, operation / 8), drawn.Select(d => d.Key));
                    break;
            }

            Assert.Equal((naive.Count, naive.Bytes), (pool.Count, pool.Bytes));
            Assert.True(pool.Count <= count && pool.Bytes <= bytes);
            Assert.Equal(entered, pool.Count + left.Count);
            if (operation % 16 == 0)
                CompareContents(pool, naive);
        }

        Assert.Equal(left.Count, left.Distinct().Count());
    }

    private static void CompareContents(HardPool<int, int> pool, NaivePool naive)
    {
        var hardest = new List<PoolItem<int, int>>();
        pool.CopyHardest(int.MaxValue, hardest);
        Assert.Equal(naive.HardestFirst, hardest.Select(i => (i.Key, i.Hardness, i.Uses)));
        if (pool.Count > 0)
            Assert.Equal(hardest[0].Hardness, pool.Hardest);
    }
}
