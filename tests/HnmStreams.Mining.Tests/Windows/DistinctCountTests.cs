using HnmStreams.Mining.Persistence;
using HnmStreams.Mining.Randomness;
using HnmStreams.Mining.Windows;

namespace HnmStreams.Mining.Tests.Windows;

public sealed class DistinctCountTests
{
    [Theory]
    [InlineData(10)]
    [InlineData(1_000)]
    [InlineData(50_000)]
    [InlineData(800_000)]
    public void Estimates_the_number_of_distinct_keys_within_two_percent(int keys)
    {
        var count = new DistinctCount();
        for (var repetition = 0; repetition < 2; repetition++)
        {
            var generator = new Xoshiro256StarStar(7);
            for (var i = 0; i < keys; i++)
                count.Add(generator.NextUInt64());
        }

        Assert.InRange(count.Estimate, 0.98 * keys, 1.02 * keys);
    }

    [Fact]
    public void Counts_nothing_at_first_and_never_exceeds_its_maximum()
    {
        var count = new DistinctCount();
        Assert.Equal(0, count.Estimate);
        for (ulong bit = 0; bit < 1 << 18; bit++)
            count.Add(bit);
        Assert.Equal(DistinctCount.MaxEstimate, count.Estimate, 1e-6);
    }

    [Fact]
    public void Continues_from_a_saved_state()
    {
        var (count, restored) = (new DistinctCount(), new DistinctCount());
        for (ulong key = 0; key < 5_000; key++)
            count.Add(key * 0x9E3779B97F4A7C15);
        var writer = new StateWriter();
        count.Save(writer);
        restored.Restore(StateFrame.Open(StateFrame.Close(writer)));
        Assert.Equal(count.Estimate, restored.Estimate);
    }
}
