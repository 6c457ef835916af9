using HnmStreams.Mining.Pool;
using HnmStreams.Mining.Randomness;

namespace HnmStreams.Mining.Tests.Pool;

public sealed class HardPoolTests
{
    private static readonly Xoshiro256StarStar Generator = new(1);

    [Fact]
    public void A_resident_moves_up_and_down_whatever_the_threshold()
    {
        var pool = Pool(count: 2);
        pool.Offer(1, 5, 0, 1, "one");
        pool.Offer(2, 6, 0, 1, "two");
        Assert.True(pool.Update(2, 1, 1));
        Assert.Equal(1, pool.Threshold);
        Assert.Equal(OfferOutcome.Resident, pool.Offer(2, 0.5f, 2, 1, "again"));
        Assert.True(pool.TryGet(2, out var item));
        Assert.Equal((0.5f, 2L, "two"), (item.Hardness, item.Version, item.Payload));
    }

    [Fact]
    public void Of_equals_the_older_leaves_only_for_something_harder()
    {
        var pool = Pool(count: 2);
        pool.Offer(1, 5, 0, 1, "one");
        pool.Offer(2, 5, 0, 1, "two");
        Assert.Equal(OfferOutcome.Refused, pool.Offer(3, 5, 0, 1, "three"));
        Assert.Equal(OfferOutcome.Added, pool.Offer(4, 5.1f, 0, 1, "four"));
        Assert.False(pool.TryGet(1, out _));
    }

    [Fact]
    public void A_large_offer_drives_out_nothing_when_it_cannot_have_enough_room()
    {
        var pool = new HardPool<int, string>(new PoolOptions { Count = 10, Bytes = 2_000 });
        pool.Offer(1, 1, 0, 900, "easy");
        pool.Offer(2, 9, 0, 900, "hard");
        Assert.Equal(OfferOutcome.Refused, pool.Offer(3, 5, 0, 1_500, "between"));
        Assert.Equal((2, 1_800L), (pool.Count, pool.Bytes));
        Assert.Equal(OfferOutcome.Added, pool.Offer(4, 5, 0, 1_000, "fits"));
        Assert.False(pool.TryGet(1, out _));
    }

    [Fact]
    public void Refuses_what_is_not_a_number()
    {
        var pool = Pool();
        Assert.False(pool.WouldAccept(float.NaN, 1));
        Assert.Equal(OfferOutcome.Refused, pool.Offer(1, float.NaN, 0, 1, "nan"));
        Assert.Equal(OfferOutcome.Refused, pool.Offer(1, float.PositiveInfinity, 0, 1, "inf"));
        pool.Offer(2, 1, 0, 1, "two");
        Assert.False(pool.Update(2, float.NaN, 1));
        Assert.Equal(1, pool.Hardest);
    }

    [Fact]
    public void Gives_the_hardest_first_and_lets_them_cool_down()
    {
        var pool = Pool(cooldown: 1);
        for (var key = 0; key < 6; key++)
            pool.Offer(key, key, 0, 1, "");
        Assert.Equal([5, 4], Draw(pool, 2, step: 10));
        Assert.Equal([3, 2], Draw(pool, 2, step: 11));
        Assert.Equal([5, 4, 1], Draw(pool, 3, step: 12));
    }

    [Fact]
    public void What_is_used_up_is_given_a_last_time_and_leaves()
    {
        var left = new List<int>();
        var pool = new HardPool<int, string>(new PoolOptions { MaximumUses = 2, CooldownSteps = 0 }, (key, _) => left.Add(key));
        pool.Offer(1, 1, 0, 1, "");
        Assert.Equal([1], Draw(pool, 5, step: 1));
        Assert.Equal([1], Draw(pool, 5, step: 2));
        Assert.Empty(Draw(pool, 5, step: 3));
        Assert.Equal([1], left);
    }

    [Fact]
    public void Lets_go_of_old_scores_and_keeps_what_was_scored_again()
    {
        var pool = new HardPool<int, string>(new PoolOptions { MaximumAge = 10 });
        pool.Offer(1, 5, version: 0, 1, "");
        pool.Offer(2, 5, version: 0, 1, "");
        pool.Update(2, 4, version: 8);
        pool.Expire(10);
        Assert.Equal(2, pool.Count);
        pool.Expire(12);
        Assert.False(pool.TryGet(1, out _));
        Assert.True(pool.TryGet(2, out _));
    }

    [Fact]
    public void Uniform_draws_favour_nobody()
    {
        var pool = Pool(cooldown: 0);
        for (var key = 0; key < 8; key++)
            pool.Offer(key, key, 0, 1, "");
        var counts = new int[8];
        var drawn = new List<PoolItem<int, string>>();
        for (var step = 0; step < 40_000; step++)
        {
            drawn.Clear();
            pool.Draw(2, DrawOrder.Uniform, step, Generator, drawn);
            Assert.Equal(drawn.Count, drawn.Select(d => d.Key).Distinct().Count());
            foreach (var item in drawn)
                counts[item.Key]++;
        }

        var expected = counts.Sum() / 8.0;
        // 7 degrees of freedom: 24.32 is passed by chance once in a thousand.
        Assert.InRange(counts.Sum(c => Math.Pow(c - expected, 2) / expected), 0, 24.32);
    }

    [Fact]
    public void A_refused_offer_allocates_nothing()
    {
        var pool = Pool(count: 1_000);
        for (var key = 0; key < 1_000; key++)
            pool.Offer(key, 10 + key, 0, 1, "");
        pool.Offer(-1, 0, 0, 1, "");
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var key = 0; key < 10_000; key++)
            pool.Offer(-key - 1, 1, 0, 1, "");
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static HardPool<int, string> Pool(int count = 100, long cooldown = 8) =>
        new(new PoolOptions { Count = count, CooldownSteps = cooldown, MaximumUses = 0 });

    private static int[] Draw(HardPool<int, string> pool, int count, long step)
    {
        var drawn = new List<PoolItem<int, string>>();
        pool.Draw(count, DrawOrder.Hardest, step, Generator, drawn);
        return [.. drawn.Select(d => d.Key)];
    }
}
