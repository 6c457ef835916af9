using HnmStreams.Mining.Randomness;

namespace HnmStreams.Benchmarks.Pools;

/// <summary>The distribution of the offers.</summary>
internal enum OfferKind
{
    /// <summary>Random hardness, each key once. Fewer and fewer offers are added.</summary>
    Random,

    /// <summary>Rising hardness. Every offer is added and evicts a resident.</summary>
    Rising,

    /// <summary>Random keys out of twice the capacity. Most are residents and are updated.</summary>
    Updates,
}

/// <summary>One stream of offers to an empty pool. It is the same for every contender and is generated before any measurement.</summary>
/// <param name="Residents">The capacity of the pool.</param>
/// <param name="Keys">The key of each offer; null if all keys are distinct and consecutive.</param>
internal sealed record PoolCase(OfferKind Kind, int Residents, float[] Hardness, long[]? Keys)
{
    public string Name => $"{Residents}/{Kind}";

    public long KeyOf(int offer) => Keys is null ? offer : Keys[offer];

    // The same numbers as in the C++ reference.
    private const int RandomOffers = 20_000_000;
    private const int OtherOffers = 5_000_000;

    public static IEnumerable<PoolCase> All(ulong seed)
    {
        var generator = new Xoshiro256StarStar(seed);
        var random = new float[RandomOffers];
        var rising = new float[OtherOffers];
        for (var i = 0; i < RandomOffers; i++)
            random[i] = (float)generator.NextDouble();
        for (var i = 0; i < OtherOffers; i++)
            rising[i] = i;
        foreach (var residents in new[] { 1_000, 100_000, 1_000_000 })
        {
            yield return new PoolCase(OfferKind.Random, residents, random, null);
            yield return new PoolCase(OfferKind.Rising, residents, rising, null);
            var keys = new long[OtherOffers];
            for (var i = 0; i < keys.Length; i++)
                keys[i] = generator.NextInt64(2L * residents);
            yield return new PoolCase(OfferKind.Updates, residents, random[..OtherOffers], keys);
        }
    }
}
