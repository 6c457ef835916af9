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

    /// <summary>The angle between two embeddings is 64ths of pi in bits that differ: 60 degrees are 21.3 on average.</summary>
    [Fact]
    public void Signatures_differ_in_proportion_to_the_angle()
    {
        var generator = new Xoshiro256StarStar(20_260_511);
        var differing = 0;
        const int Pairs = 400;
        for (var i = 0; i < Pairs; i++)
        {
            var hash = new SimHash(37, (ulong)i);
            var (a, b) = (new float[37], new float[37]);
            for (var j = 0; j < 37; j++)
                a[j] = (float)(generator.NextDouble() - 0.5);
            // b = a / 2 + sqrt(3) / 2 of something at a right angle to a, of the same length.
            (b[0], b[1]) = (a[1], -a[0]);
            for (var j = 2; j < 36; j += 2)
                (b[j], b[j + 1]) = (a[j + 1], -a[j]);
            (a[36], b[36]) = (0, 0);
            for (var j = 0; j < 37; j++)
                b[j] = (a[j] / 2) + (b[j] * MathF.Sqrt(3) / 2);
            Assert.Equal(hash.SignatureOf(a), hash.SignatureOf([.. a.Select(x => x * 7)]));
            differing += BitOperations.PopCount(hash.SignatureOf(a) ^ hash.SignatureOf(b));
        }

        // 64 / 3 bits with a deviation of 3.8 a pair: four deviations of the mean of 400.
        Assert.InRange(differing / (double)Pairs, 21.33 - 0.76, 21.33 + 0.76);
        Assert.Throws<ArgumentOutOfRangeException>(() => new SimHash(3, 1).SignatureOf([1, 2]));
    }
}
