using HnmStreams.Mining.Persistence;
using HnmStreams.Mining.Randomness;
using HnmStreams.Mining.Reservoirs;
using HnmStreams.Mining.Tests.Pool;

namespace HnmStreams.Mining.Tests.Reservoirs;

public sealed class TimeWeightedReservoirTests
{
    private const ulong Seed = 20_260_514;

    /// <summary>With one place, an item is kept in proportion to its weight: one half-life later counts twice.</summary>
    [Fact]
    public void One_half_life_later_counts_twice()
    {
        const int Courses = 40_000;
        var generator = new Xoshiro256StarStar(Seed);
        var kept = new int[5];
        for (var course = 0; course < Courses; course++)
        {
            var reservoir = new TimeWeightedReservoir<long, string>(1, halfLife: 10, generator);
            for (var i = 0; i < 5; i++)
            {
                // Hundreds of millions of half-lives on: only differences count.
                if (reservoir.TryReserve(4e9 + (i * 10)))
                    reservoir.Put(i, "");
            }

            kept[Assert.Single(reservoir.Items()).Key]++;
        }

        // 1, 2, 4, 8, 16 of 31; 4 degrees of freedom: 18.47 is passed by chance once in a thousand.
        var chiSquare = Enumerable.Range(0, 5).Sum(i => Math.Pow(kept[i] - (Courses * (1 << i) / 31.0), 2) / (Courses * (1 << i) / 31.0));
        Assert.InRange(chiSquare, 0, 18.47);
    }

    [Fact]
    public void Bounded_keyed_and_told_of_what_leaves()
    {
        var inside = new HashSet<long>();
        var reservoir = new TimeWeightedReservoir<long, string>(50, 100, new Xoshiro256StarStar(Seed), (key, _) => Assert.True(inside.Remove(key)));
        for (var i = 0; i < 5_000; i++)
        {
            if (!reservoir.TryReserve(i))
                continue;
            reservoir.Put(i % 3_000, "");
            inside.Add(i % 3_000);
            Assert.InRange(reservoir.Count, 0, 50);
        }

        Assert.True(inside.SetEquals(reservoir.Items().Select(i => i.Key)));
        Assert.True(reservoir.Remove(inside.First()));
        Assert.Equal(49, reservoir.Count);
        Assert.False(reservoir.Remove(-1));
        while (reservoir.TryReserve(0))
        {
            reservoir.Put(-1, "");
            inside.Add(-1);
        }

        Assert.Throws<InvalidOperationException>(() => reservoir.Put(-2, ""));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TimeWeightedReservoir<long, string>(5, 0, new Xoshiro256StarStar(1)));
    }

    [Fact]
    public void A_saved_reservoir_goes_on_as_it_would_have()
    {
        var reservoir = new TimeWeightedReservoir<long, string>(20, 100, new Xoshiro256StarStar(Seed));
        Feed(reservoir, 0);
        var writer = new StateWriter();
        reservoir.Save(writer, NumberCodec.Instance, TextCodec.Instance);
        var restored = new TimeWeightedReservoir<long, string>(20, 100, new Xoshiro256StarStar(1));
        var reader = new StateReader(writer.Written);
        restored.Restore(reader, NumberCodec.Instance, TextCodec.Instance);
        Assert.Equal(0, reader.Remaining);
        Feed(reservoir, 1_000);
        Feed(restored, 1_000);
        Assert.Equal(reservoir.Items(), restored.Items());
        Assert.Throws<InvalidDataException>(() => new TimeWeightedReservoir<long, string>(19, 100, new Xoshiro256StarStar(1)).Restore(new StateReader(writer.Written), NumberCodec.Instance, TextCodec.Instance));
    }

    private static void Feed(TimeWeightedReservoir<long, string> reservoir, int from)
    {
        for (var i = from; i < from + 1_000; i++)
        {
            if (reservoir.TryReserve(i))
                reservoir.Put(i, $"{i}");
        }
    }
}
