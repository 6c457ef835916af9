using System.Numerics;
using HnmStreams.Mining.Randomness;
using HnmStreams.Mining.Retention;

namespace HnmStreams.Mining.Tests.Retention;

public sealed class NearDuplicateIndexTests
{
    /// <summary>Compares with a full scan: an entry within the distance is found, and it is the nearest.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(15)]
    public void Finds_the_same_entries_as_a_full_scan(int distance)
    {
        var generator = new Xoshiro256StarStar(20_260_510);
        var index = new NearDuplicateIndex<int>(distance);
        var model = new Dictionary<int, ulong>();
        var hits = 0;
        for (var step = 0; step < 20_000; step++)
        {
            // Clusters of signatures, each a few bits away from the center of its cluster.
            var signature = new Xoshiro256StarStar((ulong)generator.NextInt32(40)).NextUInt64();
            for (var flips = generator.NextInt32(distance + 3); flips > 0; flips--)
                signature ^= 1UL << generator.NextInt32(64);
            var nearest = model.Count == 0 ? 65 : model.Values.Min(s => BitOperations.PopCount(s ^ signature));
            Assert.Equal(nearest <= distance, index.TryFindNear(signature, out var found));
            if (nearest <= distance)
            {
                Assert.Equal(nearest, BitOperations.PopCount(model[found] ^ signature));
                hits++;
            }

            var key = generator.NextInt32(100);
            if (generator.NextInt32(3) == 0)
            {
                Assert.Equal(model.Remove(key), index.Remove(key));
            }
            else
            {
                index.Add(key, signature);
                model[key] = signature;
            }

            Assert.Equal(model.Count, index.Count);
        }

        Assert.InRange(hits, 1_000, 19_999);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(16)]
    public void Rejects_a_distance_outside_0_to_15(int distance) => Assert.Throws<ArgumentOutOfRangeException>(() => new NearDuplicateIndex<int>(distance));
}
