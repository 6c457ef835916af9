using BenchmarkDotNet.Attributes;
using HnmStreams.Mining.Pool;
using HnmStreams.Mining.Randomness;
using HnmStreams.Mining.Sampling;

namespace HnmStreams.Benchmarks.Micro;

/// <summary>The cost of one offer to a full pool, by outcome.</summary>
[MemoryDiagnoser]
public class PoolOffers
{
    private const int Offers = 100_000;
    private readonly float[] _hardness = new float[Offers];
    private readonly int[] _residents = new int[Offers];
    private HardPool<long, int> _pool = PoolOffers.Pool(1);
    private long _nextKey;

    [Params(1_000, 100_000)]
    public int Count { get; set; }

    internal static HardPool<long, int> Pool(int count) => new(new PoolOptions { Count = count, Bytes = long.MaxValue }, new HardestFirstSampler());

    [GlobalSetup]
    public void Fill()
    {
        var generator = new Xoshiro256StarStar(1);
        for (var i = 0; i < Offers; i++)
        {
            _hardness[i] = (float)generator.NextDouble();
            _residents[i] = generator.NextInt32(Count);
        }

        _pool = PoolOffers.Pool(Count);
        for (_nextKey = 0; _nextKey < Count; _nextKey++)
            _pool.Offer(new(_nextKey, 0), 1 + (float)generator.NextDouble(), 0, 1, 0);
    }

    /// <summary>Offers that are easier than every resident, the common case for a trained model.</summary>
    [Benchmark(OperationsPerInvoke = Offers)]
    public int Refused()
    {
        var refused = 0;
        for (var i = 0; i < Offers; i++)
            refused += _pool.Offer(new(-1 - i, 0), _hardness[i], 1, 1, 0) == OfferOutcome.Refused ? 1 : 0;
        return refused;
    }

    /// <summary>Checks whether an offer would be accepted, as the ranking stage does before it copies a payload.</summary>
    [Benchmark(OperationsPerInvoke = Offers)]
    public int Checked()
    {
        var accepted = 0;
        for (var i = 0; i < Offers; i++)
            accepted += _pool.WouldAccept(_hardness[i], 1, 1) ? 1 : 0;
        return accepted;
    }

    /// <summary>Updates the hardness of a resident, up or down.</summary>
    [Benchmark(OperationsPerInvoke = Offers)]
    public int Updated()
    {
        var updated = 0;
        for (var i = 0; i < Offers; i++)
            updated += _pool.Update(new(_residents[i], 0), 1 + _hardness[i], 1) ? 1 : 0;
        return updated;
    }
}

/// <summary>The worst case for a pool: each offer is harder than all before, so each one evicts a resident.</summary>
[MemoryDiagnoser]
public class RisingPoolOffers
{
    private const int Offers = 100_000;
    private HardPool<long, int> _pool = PoolOffers.Pool(1);

    // Integers are exact in a float up to 2^24. The pool is refilled for each iteration and stays far below that.
    private int _next;

    [Params(1_000, 100_000)]
    public int Count { get; set; }

    [IterationSetup]
    public void Fill()
    {
        _pool = PoolOffers.Pool(Count);
        for (_next = 0; _next < Count; _next++)
            _pool.Offer(new(_next, 0), _next, 0, 1, 0);
    }

    [Benchmark(OperationsPerInvoke = Offers)]
    public int Entered()
    {
        var entered = 0;
        for (var end = _next + Offers; _next < end; _next++)
            entered += _pool.Offer(new(_next, 0), _next, 1, 1, 0) == OfferOutcome.Added ? 1 : 0;
        return entered;
    }
}
