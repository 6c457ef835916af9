using System.Numerics;
using HnmStreams.Mining.Randomness;
using HnmStreams.Mining.Retention;

namespace HnmStreams.Mining.Tests.Retention;

public sealed class NearDuplicateIndexTests
{
    /// <summary>Beside a list that is compared from end to end: whatever is within the distance is found, and the nearest of it.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(15)]
    public void Finds_whatever_a_full_comparison_finds(int distance)
    {
        var generator = new Xoshiro256StarStar(20_260_510);
        var index = new NearDuplicateIndex<int>(distance);
        var model = new Dictionary<int, ulong>();
        var hits = 0;
        for (var step = 0; step < 20_000; step++)
        {
            // A few families of signatures, each some bits away from its head.
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
    public void The_distance_has_bounds(int distance) => Assert.Throws<ArgumentOutOfRangeException>(() => new NearDuplicateIndex<int>(distance));
}
