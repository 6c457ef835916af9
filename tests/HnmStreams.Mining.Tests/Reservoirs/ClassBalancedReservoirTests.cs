using HnmStreams.Mining.Persistence;
using HnmStreams.Mining.Randomness;
using HnmStreams.Mining.Reservoirs;
using HnmStreams.Mining.Tests.Pool;

namespace HnmStreams.Mining.Tests.Reservoirs;

public sealed class ClassBalancedReservoirTests
{
    private const ulong Seed = 20_260_513;

    [Fact]
    public void Keeps_rare_classes_completely_and_divides_the_rest_among_common_ones()
    {
        var reservoir = Filled(new Xoshiro256StarStar(Seed), out _);
        // 20,000 items of class 0, 2,000 of class 1 and 15 of class 2; capacity 100.
        Assert.Equal(100, reservoir.Count);
        Assert.Equal(15, reservoir.CountOf(2));
        Assert.InRange(reservoir.CountOf(0), 42, 43);
        Assert.InRange(reservoir.CountOf(1), 42, 43);
    }

    /// <summary>Divides the stream into tenths: each tenth of class 0 must be kept equally often.</summary>
    [Fact]
    public void Early_and_late_items_of_a_class_are_kept_with_equal_probability()
    {
        var generator = new Xoshiro256StarStar(Seed);
        var tenths = new int[10];
        for (var run = 0; run < 300; run++)
        {
            var kept = new HashSet<long>();
            var reservoir = new ClassBalancedReservoir<long, string>(20, generator, (key, _) => kept.Remove(key));
            for (var i = 0; i < 500; i++)
            {
                var label = i % 5 == 0 ? 1 : 0;
                if (!reservoir.TryReserve(label))
                    continue;
                reservoir.Put(label, i, "");
                kept.Add(i);
            }

            foreach (var key in kept.Where(k => k % 5 != 0))
                tenths[key / 50]++;
        }

        var expected = tenths.Sum() / 10.0;
        // 9 degrees of freedom: the 0.1 % critical value is 27.88. Items of one run are correlated and vary less.
        Assert.InRange(tenths.Sum(t => Math.Pow(t - expected, 2) / expected), 0, 27.88);
    }

    [Fact]
    public void Finds_items_by_class_and_by_key()
    {
        var reservoir = Filled(new Xoshiro256StarStar(Seed), out var kept);
        var classes = new List<int>();
        reservoir.ClassesWith(20, classes);
        Assert.Equal([0, 1], classes);
        Assert.Equal(15, reservoir.ItemsOf(2).Count);
        Assert.Empty(reservoir.ItemsOf(3));
        Assert.All(kept, key => Assert.True(reservoir.TryGet(key, out var label, out _) && reservoir.ItemsOf(label).Any(item => item.Key == key)));
        Assert.False(reservoir.TryGet(-1, out _, out _));
    }

    [Fact]
    public void Every_payload_that_entered_and_is_not_held_was_reported_as_removed_once()
    {
        var reservoir = Filled(new Xoshiro256StarStar(Seed), out var kept);
        Assert.Equal(reservoir.Count, kept.Count);
        var key = kept.First();
        Assert.True(reservoir.Remove(key));
        Assert.False(reservoir.Remove(key));
        Assert.Equal(reservoir.Count, kept.Count);
        Assert.Throws<InvalidOperationException>(() =>
        {
            while (reservoir.TryReserve(0) && reservoir.Count < 100)
                reservoir.Put(0, 1_000_000 + reservoir.Count, "");
            reservoir.Put(0, 2_000_000, "");
            reservoir.Put(0, 2_000_001, "");
        });
    }

    [Fact]
    public void Draws_every_class_with_equal_probability()
    {
        var reservoir = Filled(new Xoshiro256StarStar(Seed), out _);
        var drawn = new List<KeyValuePair<long, string>>();
        reservoir.Draw(30_000, new Xoshiro256StarStar(1), drawn);
        // 2 degrees of freedom: the 0.1 % critical value is 13.82.
        var counts = drawn.CountBy(d => d.Value).ToDictionary();
        Assert.InRange(counts.Values.Sum(c => Math.Pow(c - 10_000, 2) / 10_000), 0, 13.82);
    }

    [Fact]
    public void A_restored_reservoir_continues_exactly_like_the_saved_one()
    {
        var reservoir = Filled(new Xoshiro256StarStar(Seed), out var kept);
        var writer = new StateWriter();
        reservoir.Save(writer, NumberCodec.Instance, TextCodec.Instance);
        var keptByRestored = new HashSet<long>(kept);
        var restored = new ClassBalancedReservoir<long, string>(100, new Xoshiro256StarStar(99), (key, _) => keptByRestored.Remove(key));
        var reader = new StateReader(writer.Written);
        restored.Restore(reader, NumberCodec.Instance, TextCodec.Instance);
        Assert.Equal(0, reader.Remaining);
        for (var i = 0; i < 5_000; i++)
        {
            var label = i % 4;
            var enters = reservoir.TryReserve(label);
            Assert.Equal(enters, restored.TryReserve(label));
            if (!enters)
                continue;
            reservoir.Put(label, 100_000 + i, $"{label}");
            restored.Put(label, 100_000 + i, $"{label}");
            kept.Add(100_000 + i);
            keptByRestored.Add(100_000 + i);
        }

        Assert.True(kept.SetEquals(keptByRestored));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MaxValue)]
    public void Refuses_a_saved_number_of_items_seen_that_cannot_be(long seen)
    {
        var reservoir = new ClassBalancedReservoir<long, string>(10, new Xoshiro256StarStar(1));
        Assert.True(reservoir.TryReserve(0));
        reservoir.Put(0, 1, "x");
        var writer = new StateWriter();
        reservoir.Save(writer, NumberCodec.Instance, TextCodec.Instance);
        var saved = writer.Written.ToArray();
        // Before a flag, the number of items, the key and the text.
        BitConverter.TryWriteBytes(saved.AsSpan(saved.Length - sizeof(long) - 1 - sizeof(int) - sizeof(long) - (sizeof(int) + 1)), seen);
        Assert.Throws<InvalidDataException>(() => new ClassBalancedReservoir<long, string>(10, new Xoshiro256StarStar(1)).Restore(new StateReader(saved), NumberCodec.Instance, TextCodec.Instance));
    }

    private static ClassBalancedReservoir<long, string> Filled(Xoshiro256StarStar generator, out HashSet<long> kept)
    {
        var keys = new HashSet<long>();
        var reservoir = new ClassBalancedReservoir<long, string>(100, generator, (key, _) => Assert.True(keys.Remove(key)));
        for (var i = 0; i < 22_015; i++)
        {
            var label = i % 1_467 == 1_466 ? 2 : i % 11 == 0 ? 1 : 0;
            if (!reservoir.TryReserve(label))
                continue;
            reservoir.Put(label, i, $"{label}");
            keys.Add(i);
        }

        kept = keys;
        return reservoir;
    }
}
