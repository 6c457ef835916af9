using HnmStreams.Mining.Pool;
using HnmStreams.Mining.Sampling;

namespace HnmStreams.Benchmarks.Pools;

/// <summary>A data structure that keeps the hardest of a stream of offers.</summary>
/// <param name="Run">Offers the given number of candidates to an empty instance and returns how many were added or updated.</param>
/// <param name="Share">The share of the offers that it receives. Slow contenders receive a part.</param>
/// <param name="Supports">Indicates that the contender supports this kind of offers.</param>
internal sealed record PoolContender(string Name, Func<PoolCase, int, long> Run, double Share, Func<OfferKind, bool> Supports)
{
    // The number of keys that are prefetched together. Tables below PrefetchFrom fit into the cache.
    private const int PrefetchBatch = 16;
    private const int PrefetchFrom = 10_000;
    private const int ScreenBatch = 512;

    public static IReadOnlyList<PoolContender> All { get; } =
    [
        new("pool", Pool, 1, _ => true),
        new("pool, screened", Screened, 1, kind => kind == OfferKind.Random),
        new("PriorityQueue", Queue, 0.2, kind => kind != OfferKind.Updates),
        new("SortedSet", Sorted, 0.2, _ => true),
    ];

    public static HardPool<long, int> Empty(int residents, ISampler? sampler = null) =>
        new(new PoolOptions { Count = residents, Bytes = long.MaxValue, MaxAge = 0 }, sampler ?? new HardestFirstSampler());

    private static long Pool(PoolCase offers, int count)
    {
        var pool = Empty(offers.Residents);
        var accepted = 0L;
        if (offers.Kind == OfferKind.Random || offers.Residents < PrefetchFrom)
        {
            for (var i = 0; i < count; i += ScreenBatch)
                accepted += OfferRange(pool, offers, i, Math.Min(count, i + ScreenBatch));
            return accepted;
        }

        var keys = new CandidateKey<long>[PrefetchBatch];
        for (var i = 0; i < count; i += keys.Length)
        {
            var end = Math.Min(count, i + keys.Length);
            for (var j = i; j < end; j++)
                keys[j - i] = new CandidateKey<long>(offers.KeyOf(j), 0);
            pool.Prefetch(keys.AsSpan(0, end - i));
            accepted += OfferRange(pool, offers, i, end);
        }

        return accepted;
    }

    // A separate method that is called often, so that the JIT compiler optimizes it fully, unlike a loop that runs once.
    private static int OfferRange(HardPool<long, int> pool, PoolCase offers, int from, int to)
    {
        var accepted = 0;
        var (hardness, ids) = (offers.Hardness, offers.Keys);
        for (var i = from; i < to; i++)
            accepted += pool.Offer(new(ids is null ? i : ids[i], 0), hardness[i], 0, 1, 0) == OfferOutcome.Refused ? 0 : 1;
        return accepted;
    }

    private static long Screened(PoolCase offers, int count)
    {
        var pool = Empty(offers.Residents);
        var accepted = 0L;
        var indices = new int[ScreenBatch];
        for (var i = 0; i < count; i += ScreenBatch)
        {
            var found = pool.Screen(offers.Hardness.AsSpan(i, Math.Min(ScreenBatch, count - i)), 0, indices);
            foreach (var j in indices.AsSpan(0, found))
                accepted += pool.Offer(new(offers.KeyOf(i + j), 0), offers.Hardness[i + j], 0, 1, 0) == OfferOutcome.Refused ? 0 : 1;
        }

        return accepted;
    }

    // A priority queue has no keys: it cannot update a resident, and it keeps duplicates.
    private static long Queue(PoolCase offers, int count)
    {
        var queue = new PriorityQueue<long, float>(offers.Residents);
        var accepted = 0L;
        for (var i = 0; i < count; i++)
        {
            if (queue.Count < offers.Residents)
                queue.Enqueue(offers.KeyOf(i), offers.Hardness[i]);
            else if (queue.TryPeek(out _, out var easiest) && offers.Hardness[i] > easiest)
                queue.DequeueEnqueue(offers.KeyOf(i), offers.Hardness[i]);
            else
                continue;
            accepted++;
        }

        return accepted;
    }

    private static long Sorted(PoolCase offers, int count)
    {
        var order = new SortedSet<(float Hardness, long Key)>();
        var residents = new Dictionary<long, float>(offers.Residents);
        var accepted = 0L;
        for (var i = 0; i < count; i++)
        {
            var (key, hardness) = (offers.KeyOf(i), offers.Hardness[i]);
            if (residents.TryGetValue(key, out var old))
            {
                order.Remove((old, key));
            }
            else if (residents.Count >= offers.Residents)
            {
                var easiest = order.Min;
                if (hardness <= easiest.Hardness)
                    continue;
                order.Remove(easiest);
                residents.Remove(easiest.Key);
            }

            order.Add((hardness, key));
            residents[key] = hardness;
            accepted++;
        }

        return accepted;
    }
}
