using HnmStreams.Data.Examples;
using HnmStreams.Mining.Pool;
using HnmStreams.Mining.Sampling;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Ranking.Sharing;

namespace HnmStreams.Pipeline.Tests.Ranking;

public sealed class BoundAccuracyTests
{
    [Fact]
    public void Only_candidates_that_would_be_in_the_pool_after_their_batch_are_missed()
    {
        var (accuracy, pool) = (new BoundAccuracy(), Pool(4, 1, 2, 5, 6));
        // They would displace 1 and 2; a third one finds nothing easier.
        accuracy.Miss(0.5f);
        accuracy.Miss(3);
        accuracy.Miss(4);
        accuracy.Miss(2.5f);
        accuracy.EndBatch(pool, 0);
        Assert.Equal(new BoundStatus(0, 2), accuracy.Status);
        // Each batch is counted once.
        accuracy.EndBatch(pool, 0);
        Assert.Equal(new BoundStatus(0, 2), accuracy.Status);
    }

    [Fact]
    public void Room_in_the_pool_would_be_filled()
    {
        var accuracy = new BoundAccuracy();
        foreach (var hardness in (ReadOnlySpan<float>)[0.1f, 0.2f, 0.3f])
            accuracy.Miss(hardness);
        accuracy.EndBatch(Pool(6, 1, 2, 5, 6), 0);
        Assert.Equal(new BoundStatus(0, 2), accuracy.Status);
    }

    [Fact]
    public void Candidates_that_their_own_batch_displaced_are_not_admitted()
    {
        var accuracy = new BoundAccuracy();
        foreach (var hardness in (ReadOnlySpan<float>)[0.5f, 1, 6])
            accuracy.Enter(hardness);
        accuracy.MissForReservoir();
        accuracy.EndBatch(Pool(4, 1, 2, 5, 6), 0);
        Assert.Equal(new BoundStatus(2, 1), accuracy.Status);
    }

    private static HardPool<ExampleKey, StoredExample> Pool(int count, params float[] hardness)
    {
        var pool = new HardPool<ExampleKey, StoredExample>(new PoolOptions { Count = count }, new UniformSampler());
        for (var i = 0; i < hardness.Length; i++)
            pool.Offer(new(ExampleKey.Of($"e-{i}"), 0), hardness[i], 0, 1, null!);
        return pool;
    }
}
