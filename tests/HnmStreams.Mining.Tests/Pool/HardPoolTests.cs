using CsCheck;
using HnmStreams.Mining.Persistence;
using HnmStreams.Mining.Pool;
using HnmStreams.Mining.Randomness;
using HnmStreams.Mining.Sampling;

namespace HnmStreams.Mining.Tests.Pool;

public sealed class HardPoolTests
{
    [Theory]
    [InlineData(0, 1_000_000, 4_000)]
    [InlineData(0.05, 0, 200)]
    [InlineData(0.05, 10_000, 500)]
    [InlineData(0.05, 1_000_000, 4_000)]
    public void The_size_follows_the_distinct_negatives_within_its_bounds(double share, double distinct, int expected) =>
        Assert.Equal(expected, new PoolOptions { Count = 4_000, DistinctShare = share }.CountFor(distinct));

    [Fact]
    public void A_small_pool_is_smaller_than_the_minimum_of_one_that_follows_the_stream() =>
        Assert.Equal(50, new PoolOptions { Count = 50, DistinctShare = 0.05 }.CountFor(0));

    [Theory]
    [InlineData(0)]
    [InlineData(11)]
    public void Rejects_a_size_beyond_its_bounds(int maxCount)
    {
        var pool = new HardPool<long, string>(new PoolOptions { Count = 10 }, new UniformSampler());
        Assert.Throws<ArgumentOutOfRangeException>(() => pool.MaxCount = maxCount);
    }

    [Fact]
    public void Counts_the_candidates_that_are_easier()
    {
        var pool = new HardPool<int, string>(new PoolOptions { Count = 10 }, new UniformSampler());
        foreach (var (id, hardness) in (ReadOnlySpan<(int, float)>)[(1, -2), (2, 0.5f), (3, 0.5f), (4, 3)])
            pool.Offer(new(id, 0), hardness, 0, 1, "");
        Assert.Equal([0, 0, 1, 3, 4], ((float[])[-3, -2, 0.5f, 1, 4]).Select(hardness => pool.CountEasier(hardness, 0)));
    }

    [Fact]
    public void A_sample_counts_no_use_and_starts_no_cool_down()
    {
        var pool = new HardPool<int, string>(new PoolOptions { Count = 10, CooldownSteps = 8, MaxUses = 1 }, new UniformSampler());
        pool.Offer(new(1, 0), 5, 0, 1, "one");
        var drawn = new List<DrawnItem<int, string>>();
        for (var step = 0; step < 3; step++)
            pool.Sample(1, 0, Generator, drawn);
        Assert.Equal(["one", "one", "one"], drawn.Select(d => d.Item.Payload));
        Assert.Equal(1, pool.Count);
        drawn.Clear();
        pool.Draw(1, 0, Generator, drawn);
        Assert.Equal((1, 0), (drawn.Count, pool.Count));
    }

    private static readonly Xoshiro256StarStar Generator = new(1);

    [Fact]
    public void An_update_moves_a_candidate_regardless_of_the_threshold()
    {
        var pool = Pool(count: 2);
        pool.Offer(new(1, 0), 5, 0, 1, "one");
        pool.Offer(new(2, 0), 6, 0, 1, "two");
        Assert.True(pool.Update(new(2, 0), 1, 1));
        Assert.Equal(1, pool.Threshold);
        Assert.Equal(OfferOutcome.Updated, pool.Offer(new(2, 0), 0.5f, 2, 1, "again"));
        Assert.True(pool.TryGet(new(2, 0), out var item));
        Assert.Equal((0.5f, 2L, "two"), (item.Hardness, item.Version, item.Payload));
    }

    [Fact]
    public void An_equally_hard_offer_does_not_evict()
    {
        var pool = Pool(count: 2);
        pool.Offer(new(1, 0), 5, 0, 1, "one");
        pool.Offer(new(2, 0), 5, 0, 1, "two");
        Assert.Equal(OfferOutcome.Refused, pool.Offer(new(3, 0), 5, 0, 1, "three"));
        Assert.Equal(OfferOutcome.Added, pool.Offer(new(4, 0), 5.1f, 0, 1, "four"));
        Assert.False(pool.TryGet(new(1, 0), out _));
    }

    [Fact]
    public void A_large_offer_evicts_nothing_if_it_would_not_fit()
    {
        var pool = new HardPool<int, string>(new PoolOptions { Count = 10, Bytes = 2_000 }, new RecordingSampler());
        pool.Offer(new(1, 0), 1, 0, 900, "easy");
        pool.Offer(new(2, 0), 9, 0, 900, "hard");
        Assert.Equal(OfferOutcome.Refused, pool.Offer(new(3, 0), 5, 0, 1_500, "between"));
        Assert.Equal((2, 1_800L), (pool.Count, pool.Bytes));
        Assert.Equal(OfferOutcome.Added, pool.Offer(new(4, 0), 5, 0, 1_000, "fits"));
        Assert.False(pool.TryGet(new(1, 0), out _));
    }

    [Fact]
    public void Refuses_a_hardness_that_is_not_finite()
    {
        var pool = Pool();
        Assert.False(pool.WouldAccept(float.NaN, 0, 1));
        Assert.Equal(OfferOutcome.Refused, pool.Offer(new(1, 0), float.NaN, 0, 1, "nan"));
        Assert.Equal(OfferOutcome.Refused, pool.Offer(new(1, 0), float.PositiveInfinity, 0, 1, "inf"));
        pool.Offer(new(2, 0), 1, 0, 1, "two");
        Assert.False(pool.Update(new(2, 0), float.NaN, 1));
        Assert.True(pool.TryPeekHardest(out var hardest));
        Assert.Equal(1, hardest.Hardness);
    }

    [Fact]
    public void Drawn_candidates_cool_down()
    {
        var pool = Pool(cooldown: 1);
        for (var key = 0; key < 6; key++)
            pool.Offer(new(key, 0), key, 0, 1, "");
        Assert.Equal([5, 4], Draw(pool, 2, step: 10));
        Assert.Equal([3, 2], Draw(pool, 2, step: 11));
        Assert.Equal([5, 4, 1], Draw(pool, 3, step: 12));
    }

    [Fact]
    public void A_candidate_that_reaches_its_maximum_uses_is_returned_and_removed()
    {
        var left = new List<int>();
        var pool = new HardPool<int, string>(new PoolOptions { MaxUses = 2, CooldownSteps = 0 }, new RecordingSampler(), (key, _) => left.Add(key.Id));
        pool.Offer(new(1, 0), 1, 0, 1, "");
        Assert.Equal([1], Draw(pool, 5, step: 1));
        Assert.Equal([1], Draw(pool, 5, step: 2));
        Assert.Empty(Draw(pool, 5, step: 3));
        Assert.Equal([1], left);
    }

    [Fact]
    public void Expires_old_scores_and_keeps_candidates_that_were_scored_again()
    {
        var pool = new HardPool<int, string>(new PoolOptions { MaxAge = 10 }, new RecordingSampler());
        pool.Offer(new(1, 0), 5, version: 0, 1, "");
        pool.Offer(new(2, 0), 5, version: 0, 1, "");
        pool.Update(new(2, 0), 4, version: 8);
        pool.Expire(10);
        Assert.Equal(2, pool.Count);
        pool.Expire(12);
        Assert.False(pool.TryGet(new(1, 0), out _));
        Assert.True(pool.TryGet(new(2, 0), out _));
    }

    [Fact]
    public void A_group_at_its_share_evicts_its_own_easiest()
    {
        var pool = new HardPool<int, string>(new PoolOptions { Count = 4, GroupShare = 0.5 }, new RecordingSampler());
        pool.Offer(new(1, 0), 1, 0, 1, "", group: 7);
        pool.Offer(new(2, 0), 9, 0, 1, "", group: 7);
        Assert.False(pool.WouldAccept(1, 0, 1, group: 7));
        Assert.True(pool.WouldAccept(0.5f, 0, 1, group: 8));
        Assert.Equal(OfferOutcome.Added, pool.Offer(new(3, 0), 2, 0, 1, "", group: 7));
        Assert.False(pool.TryGet(new(1, 0), out _));
        Assert.Equal(2, pool.Count);
    }

    [Fact]
    public void With_a_half_life_a_new_score_of_half_the_hardness_ranks_equal()
    {
        var pool = new HardPool<int, string>(new PoolOptions { Count = 1, HalfLife = 10 }, new RecordingSampler());
        pool.Offer(new(1, 0), 8, version: 0, 1, "");
        Assert.Equal(OfferOutcome.Refused, pool.Offer(new(2, 0), 3.9f, version: 10, 1, ""));
        Assert.Equal(OfferOutcome.Added, pool.Offer(new(3, 0), 4.1f, version: 10, 1, ""));
    }

    [Fact]
    public void A_half_life_works_over_millions_of_versions()
    {
        var pool = new HardPool<int, string>(new PoolOptions { Count = 2, HalfLife = 10 }, new RecordingSampler());
        pool.Offer(new(1, 0), 8, version: 0, 1, "");
        pool.Offer(new(2, 0), 1, version: 50_000_000, 1, "");
        pool.Offer(new(3, 0), 0.51f, version: 50_000_010, 1, "");
        Assert.False(pool.TryGet(new(1, 0), out _));
        Assert.True(pool.TryPeekHardest(out var hardest));
        Assert.Equal(3, hardest.Key.Id);
        Assert.Equal(0.5f, pool.Threshold, 0.001f);
    }

    [Fact]
    public void A_restored_pool_is_reduced_to_smaller_bounds()
    {
        var pool = Pool(count: 100);
        for (var key = 0; key < 100; key++)
            pool.Offer(new(key, 0), key, 0, 10, "");
        var writer = new StateWriter();
        using (var snapshot = pool.Snapshot())
            snapshot.Save(writer, IntCodec.Instance, TextCodec.Instance);
        var left = 0;
        var smaller = PoolPersistence.Restore(
            new StateReader(writer.Written), IntCodec.Instance, TextCodec.Instance, new PoolOptions { Count = 50, Bytes = 4_00 + 1_024 }, new RecordingSampler(), (_, _) => left++);
        Assert.Equal((50, 500L, 50, 50f), (smaller.Count, smaller.Bytes, left, smaller.Threshold));
    }

    [Fact]
    public void A_corrupt_state_is_rejected_or_restores_a_consistent_pool()
    {
        var pool = Pool(count: 20);
        for (var key = 0; key < 30; key++)
            pool.Offer(new(key / 2, key % 2), key, 0, 10, "payload");
        var writer = new StateWriter();
        using (var snapshot = pool.Snapshot())
            snapshot.Save(writer, IntCodec.Instance, TextCodec.Instance);
        var refused = 0;
        Gen.Select(Gen.Select(Gen.Int[0, writer.Written.Length - 1], Gen.Byte).Array[0, 4], Gen.Int[0, writer.Written.Length]).Sample(
            (damage, length) =>
            {
                var state = writer.Written.ToArray();
                foreach (var (position, value) in damage)
                    state[position] = value;
                try
                {
                    var restored = PoolPersistence.Restore(
                        new StateReader(damage.Length == 0 ? state.AsMemory(0, length) : state), IntCodec.Instance, TextCodec.Instance, new PoolOptions { Count = 20 }, new RecordingSampler());
                    Assert.InRange(restored.Count, 0, 20);
                }
                catch (InvalidDataException)
                {
                    refused++;
                }
            },
            seed: "0000KOIPe036", iter: 10_000, threads: 1);
        Assert.InRange(refused, 1_000, 9_999);
    }

    [Fact]
    public void A_refused_offer_allocates_nothing()
    {
        var pool = Pool(count: 1_000);
        for (var key = 0; key < 1_000; key++)
            pool.Offer(new(key, 0), 10 + key, 0, 1, "");
        pool.Offer(new(-1, 0), 0, 0, 1, "");
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var key = 0; key < 10_000; key++)
            pool.Offer(new(-key - 1, 0), 1, 0, 1, "");
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static HardPool<int, string> Pool(int count = 100, long cooldown = 8) =>
        new(new PoolOptions { Count = count, CooldownSteps = cooldown, MaxUses = 0 }, new RecordingSampler());

    private static int[] Draw(HardPool<int, string> pool, int count, long step)
    {
        var drawn = new List<DrawnItem<int, string>>();
        pool.Draw(count, step, Generator, drawn);
        return [.. drawn.Select(d => d.Item.Key.Id)];
    }
}
