using CsCheck;
using HnmStreams.Mining.Persistence;
using HnmStreams.Mining.Randomness;
using HnmStreams.Mining.Reservoirs;
using HnmStreams.Mining.Tests.Pool;

namespace HnmStreams.Mining.Tests.Reservoirs;

public sealed class ReservoirTests
{
    [Fact]
    public void Keeps_every_item_of_the_stream_with_equal_probability()
    {
        const int Stream = 50, Capacity = 10, Trials = 20_000;
        var generator = new Xoshiro256StarStar(11);
        var counts = new int[Stream];
        for (var trial = 0; trial < Trials; trial++)
        {
            var reservoir = new Reservoir<int, int>(Capacity, generator);
            for (var i = 0; i < Stream; i++)
                Offer(reservoir, i);
            foreach (var (key, _) in Draw(reservoir, Capacity, generator))
                counts[key]++;
        }

        const double Expected = (double)Trials * Capacity / Stream;
        // 49 degrees of freedom: the 0.1 % critical value is 85.35. (Negative correlation makes the statistic smaller.)
        Assert.InRange(counts.Sum(c => Math.Pow(c - Expected, 2) / Expected), 0, 85.35);
    }

    [Fact]
    public void Draws_of_the_caller_keep_every_item_with_equal_probability()
    {
        const int Stream = 50, Capacity = 10, Trials = 20_000;
        var generator = new Xoshiro256StarStar(12);
        var counts = new int[Stream];
        for (var trial = 0; trial < Trials; trial++)
        {
            var reservoir = new Reservoir<int, int>(Capacity, new Xoshiro256StarStar(1));
            for (var i = 0; i < Stream; i++)
            {
                if (reservoir.TryReserve(generator.NextUInt64(), out var slot))
                    reservoir.Put(slot, i, i);
            }

            foreach (var (key, _) in reservoir.Items)
                counts[key]++;
        }

        const double Expected = (double)Trials * Capacity / Stream;
        Assert.InRange(counts.Sum(c => Math.Pow(c - Expected, 2) / Expected), 0, 85.35);
    }

    [Fact]
    public void No_earlier_entry_bound_excludes_an_item_that_enters() =>
        Gen.Select(Gen.Int[0, 20], Gen.Int[0, 60], Gen.ULong.Array[1, 200]).Sample(
            (capacity, horizon, draws) =>
            {
                var reservoir = new Reservoir<int, int>(capacity, new Xoshiro256StarStar(1), horizon: horizon == 0 ? long.MaxValue : horizon);
                var least = ulong.MaxValue;
                for (var i = 0; i < draws.Length; i++)
                {
                    Assert.True(reservoir.EntryBound <= least, "The bound has risen.");
                    least = reservoir.EntryBound;
                    if (!reservoir.TryReserve(draws[i], out var slot))
                        continue;
                    Assert.True(draws[i] <= least, $"{draws[i]} enters above {least}");
                    reservoir.Put(slot, i, i);
                }
            },
            iter: 2_000);

    [Fact]
    public void With_a_horizon_the_ages_are_distributed_exponentially()
    {
        const int Stream = 20_000, Capacity = 100, Horizon = 1_000, Trials = 100;
        var generator = new Xoshiro256StarStar(11);
        var ages = new List<double>();
        for (var trial = 0; trial < Trials; trial++)
        {
            var reservoir = new Reservoir<int, int>(Capacity, generator, horizon: Horizon);
            for (var i = 0; i < Stream; i++)
                Offer(reservoir, i);
            ages.AddRange(reservoir.Items.Select(item => (double)(Stream - 1 - item.Key)));
        }

        // The standard error of the mean of 10,000 exponential ages is 1 % of it; of the share below the median 0.5 %.
        Assert.InRange(ages.Average(), 0.95 * Horizon, 1.05 * Horizon);
        Assert.InRange(ages.Count(age => age < Horizon * Math.Log(2)) / (double)ages.Count, 0.475, 0.525);
    }

    [Fact]
    public void A_horizon_below_the_capacity_counts_as_the_capacity()
    {
        var reservoir = new Reservoir<int, int>(10, new Xoshiro256StarStar(11), horizon: 1);
        for (var i = 0; i < 1_000; i++)
            Offer(reservoir, i);
        Assert.Equal(10, reservoir.Count);
    }

    [Fact]
    public void Draws_every_item_with_equal_probability_and_none_twice()
    {
        var generator = new Xoshiro256StarStar(12);
        var reservoir = new Reservoir<int, int>(8, generator);
        for (var i = 0; i < 8; i++)
            Offer(reservoir, i);
        var counts = new int[8];
        for (var trial = 0; trial < 40_000; trial++)
        {
            var drawn = Draw(reservoir, 3, generator);
            Assert.Equal(3, drawn.Select(d => d.Key).Distinct().Count());
            foreach (var (key, _) in drawn)
                counts[key]++;
        }

        // 7 degrees of freedom: the 0.1 % critical value is 24.32.
        Assert.InRange(counts.Sum(c => Math.Pow(c - 15_000, 2) / 15_000), 0, 24.32);
    }

    [Fact]
    public void Every_payload_is_held_or_was_reported_as_removed_exactly_once() =>
        Gen.Select(Gen.Int[0, 2], Gen.Int[0, 30]).Array[1, 300].Sample(
            operations =>
            {
                var generator = new Xoshiro256StarStar(13);
                var removed = new List<int>();
                var entered = new List<int>();
                var reservoir = new Reservoir<int, int>(7, generator, (_, payload) => removed.Add(payload));
                for (var i = 0; i < operations.Length; i++)
                {
                    var (kind, key) = operations[i];
                    if (kind == 0)
                    {
                        Assert.Equal(Draw(reservoir, 100, generator).Any(d => d.Key == key), reservoir.Remove(key));
                    }
                    else if (reservoir.TryReserve(out var slot))
                    {
                        reservoir.Put(slot, key, i);
                        entered.Add(i);
                    }

                    var items = Draw(reservoir, 100, generator);
                    Assert.InRange(reservoir.Count, 0, 7);
                    Assert.Equal(items.Count, items.Select(d => d.Key).Distinct().Count());
                    Assert.Equal(entered.Order(), removed.Concat(items.Select(d => d.Value)).Order());
                }
            },
            seed: "0N0XIzNsQ0O2", iter: 300);

    private static void Offer(Reservoir<int, int> reservoir, int item)
    {
        if (reservoir.TryReserve(out var slot))
            reservoir.Put(slot, item, item);
    }

    private static List<KeyValuePair<int, int>> Draw(Reservoir<int, int> reservoir, int count, Xoshiro256StarStar generator)
    {
        var drawn = new List<KeyValuePair<int, int>>();
        reservoir.Draw(count, generator, drawn);
        return drawn;
    }

    [Fact]
    public void A_restored_reservoir_continues_exactly_like_the_saved_one()
    {
        var reservoir = new Reservoir<long, string>(10, new Xoshiro256StarStar(5));
        Feed(reservoir, 0);
        reservoir.Remove(reservoir.Count);
        var writer = new StateWriter();
        reservoir.Save(writer, NumberCodec.Instance, TextCodec.Instance);
        var restored = new Reservoir<long, string>(10, new Xoshiro256StarStar(6));
        var reader = new StateReader(writer.Written);
        restored.Restore(reader, NumberCodec.Instance, TextCodec.Instance);
        Assert.Equal(0, reader.Remaining);
        Feed(reservoir, 100);
        Feed(restored, 100);
        var (one, other) = (new List<KeyValuePair<long, string>>(), new List<KeyValuePair<long, string>>());
        reservoir.Draw(10, new Xoshiro256StarStar(7), one);
        restored.Draw(10, new Xoshiro256StarStar(7), other);
        Assert.Equal(one, other);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MaxValue)]
    public void Refuses_a_saved_number_of_items_seen_that_cannot_be(long seen)
    {
        var reservoir = new Reservoir<long, string>(10, new Xoshiro256StarStar(1));
        Assert.True(reservoir.TryReserve(out var slot));
        reservoir.Put(slot, 1, "x");
        var writer = new StateWriter();
        reservoir.Save(writer, NumberCodec.Instance, TextCodec.Instance);
        var saved = writer.Written.ToArray();
        // Before the number of items, the key and the text.
        BitConverter.TryWriteBytes(saved.AsSpan(saved.Length - sizeof(long) - sizeof(int) - sizeof(long) - (sizeof(int) + 1)), seen);
        Assert.Throws<InvalidDataException>(() => new Reservoir<long, string>(10, new Xoshiro256StarStar(1)).Restore(new StateReader(saved), NumberCodec.Instance, TextCodec.Instance));
    }

    [Fact]
    public void A_smaller_capacity_keeps_a_uniform_subset()
    {
        var counts = new int[10];
        const int trials = 4_000;
        for (var trial = 0; trial < trials; trial++)
        {
            var reservoir = new Reservoir<long, string>(10, new Xoshiro256StarStar((ulong)trial));
            for (var i = 0; i < 10; i++)
            {
                Assert.True(reservoir.TryReserve(out var slot));
                reservoir.Put(slot, i, "x");
            }

            var writer = new StateWriter();
            reservoir.Save(writer, NumberCodec.Instance, TextCodec.Instance);
            var removed = 0;
            var smaller = new Reservoir<long, string>(4, new Xoshiro256StarStar(0), (_, _) => removed++);
            smaller.Restore(new StateReader(writer.Written), NumberCodec.Instance, TextCodec.Instance);
            var kept = new List<KeyValuePair<long, string>>();
            smaller.Draw(10, new Xoshiro256StarStar(1), kept);
            Assert.Equal((4, 6), (kept.Count, removed));
            foreach (var (key, _) in kept)
                counts[key]++;
        }

        // Chi-square with 9 degrees of freedom; 27.9 is its 0.1 % point.
        var expected = trials * 4 / 10.0;
        Assert.True(counts.Sum(s => (s - expected) * (s - expected) / expected) < 27.9, string.Join(", ", counts));
    }

    private static void Feed(Reservoir<long, string> reservoir, int from)
    {
        for (var i = from; i < from + 100; i++)
        {
            if (reservoir.TryReserve(out var slot))
                reservoir.Put(slot, i, $"{i}");
        }
    }
}
