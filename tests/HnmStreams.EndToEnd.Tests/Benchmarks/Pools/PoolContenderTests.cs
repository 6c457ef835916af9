using HnmStreams.Benchmarks.Pools;
using HnmStreams.Mining.Randomness;

namespace HnmStreams.EndToEnd.Tests.Benchmarks.Pools;

public sealed class PoolContenderTests
{
    /// <summary>All contenders must do the same work: they add or update as many offers as a naive implementation.</summary>
    [Fact]
    public void All_contenders_accept_the_same_number_of_offers()
    {
        var generator = new Xoshiro256StarStar(20_260_518);
        var hardness = new float[4_000];
        for (var i = 0; i < hardness.Length; i++)
            hardness[i] = (float)generator.NextDouble();
        float[] rising = [.. Enumerable.Range(0, 4_000).Select(i => (float)i)];
        long[] keys = [.. Enumerable.Range(0, 4_000).Select(_ => generator.NextInt64(200))];
        PoolCase[] cases = [new(OfferKind.Random, 100, hardness, null), new(OfferKind.Rising, 100, rising, null), new(OfferKind.Updates, 100, hardness, keys)];
        foreach (var offers in cases)
        {
            var expected = Naive(offers);
            Assert.InRange(expected, 100, 4_000);
            var contenders = PoolContender.All.Where(c => c.Supports(offers.Kind)).ToArray();
            Assert.NotEmpty(contenders);
            Assert.All(contenders, c => Assert.Equal((c.Name, expected), (c.Name, c.Run(offers, hardness.Length))));
        }
    }

    private static long Naive(PoolCase offers)
    {
        var residents = new Dictionary<long, float>();
        var accepted = 0L;
        for (var i = 0; i < offers.Hardness.Length; i++)
        {
            var (key, hardness) = (offers.KeyOf(i), offers.Hardness[i]);
            if (!residents.ContainsKey(key) && residents.Count == offers.Residents)
            {
                var easiest = residents.MinBy(r => r.Value);
                if (hardness <= easiest.Value)
                    continue;
                residents.Remove(easiest.Key);
            }

            residents[key] = hardness;
            accepted++;
        }

        return accepted;
    }
}
