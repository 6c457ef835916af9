using HnmStreams.Mining.Randomness;

namespace HnmStreams.Host.Bench.Pools;

/// <summary>What the offers are like.</summary>
internal enum OfferKind
{
    /// <summary>Hardness at random, each key once: ever fewer enter.</summary>
    Random,

    /// <summary>Each harder than all before: every one enters, and drives one out.</summary>
    Rising,

    /// <summary>Keys at random among twice as many as the pool holds: most are there already and move.</summary>
    Updates,
}

/// <summary>One stream of offers to an empty pool; the same for every contender, and made before any clock starts.</summary>
/// <param name="Residents">What the pool may hold.</param>
/// <param name="Keys">Null where each is a new one: they are counted up.</param>
internal sealed record PoolCase(OfferKind Kind, int Residents, float[] Hardness, long[]? Keys)
{
    public string Name => $"{Residents}/{Kind}";

    public long KeyOf(int offer) => Keys is null ? offer : Keys[offer];

    // As many as the C++ reference takes.
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
