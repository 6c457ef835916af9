using CsCheck;
using HnmStreams.Data.Synthetic;
using HnmStreams.Evaluation.Drift;

namespace HnmStreams.Evaluation.Tests.Drift;

public sealed class AdwinTests
{
    [Fact]
    public void Mean_and_variance_are_those_of_the_newest_values_in_few_buckets() =>
        Gen.Select(Gen.Double[0, 1].Array[1, 2_000], Gen.Double[0, 1].Array[1, 2_000]).Sample((first, second) =>
        {
            var adwin = new Adwin(delta: 0.1, checkEvery: 8);
            double[] values = [.. first.Select(v => v / 4), .. second];
            foreach (var value in values)
                adwin.Add(value);
            var window = values[^(int)adwin.Width..];
            var mean = window.Average();
            Assert.Equal(mean, adwin.Mean, 1e-9);
            Assert.Equal(window.Average(v => (v - mean) * (v - mean)), adwin.Variance, 1e-9);
            // Five buckets per size, and sizes up to the width.
            Assert.InRange(adwin.Buckets, 1, 5 * ((int)Math.Log2(adwin.Width) + 1));
        }, iter: 200);

    [Theory]
    [InlineData(0.2, 0.5, false)]
    [InlineData(0.5, 0.2, false)]
    [InlineData(0.1, 0.2, true)]
    public void Finds_a_step_and_forgets_the_values_before_it(double before, double after, bool isSmall)
    {
        for (var seed = 1; seed <= 20; seed++)
        {
            var random = SplitMix64.Of(7, seed);
            var adwin = new Adwin();
            for (var i = 0; i < 5_000; i++)
                adwin.Add(random.NextDouble() < before ? 1 : 0);
            var direction = DriftDirection.None;
            var delay = 0;
            for (; delay < 5_000 && direction == DriftDirection.None; delay++)
                direction = adwin.Add(random.NextDouble() < after ? 1 : 0);
            Assert.Equal(after > before ? DriftDirection.Rise : DriftDirection.Fall, direction);
            Assert.InRange(delay, 1, isSmall ? 2_000 : 400);
            for (var i = 0; i < 3_000; i++)
                adwin.Add(random.NextDouble() < after ? 1 : 0);
            Assert.InRange(adwin.Mean, after - 0.05, after + 0.05);
        }
    }

    [Fact]
    public void Rarely_finds_a_change_in_a_constant_stream()
    {
        var changes = 0L;
        var width = 0L;
        for (var seed = 1; seed <= 50; seed++)
        {
            var random = SplitMix64.Of(7, seed);
            var adwin = new Adwin();
            for (var i = 0; i < 20_000; i++)
                adwin.Add(random.NextDouble() < 0.3 ? 1 : 0);
            changes += adwin.Changes;
            width += adwin.Width;
        }

        // 50 streams with 625 checks each.
        Assert.InRange(changes, 0, 10);
        Assert.InRange(width / 50, 15_000, 20_000);
    }

    [Fact]
    public void Continues_from_a_saved_state() =>
        Gen.Select(Gen.Double[0, 1].Array[1, 500], Gen.Double[0.5, 1.5].Array[1, 500]).Sample((first, second) =>
        {
            var adwin = new Adwin(delta: 0.05, checkEvery: 4);
            foreach (var value in first)
                adwin.Add(value);
            var other = new Adwin(delta: 0.05, checkEvery: 4);
            other.Restore(adwin.Save());
            foreach (var value in second)
                Assert.Equal(adwin.Add(value), other.Add(value));
            Assert.Equal((adwin.Width, adwin.Mean, adwin.Variance, adwin.Changes), (other.Width, other.Mean, other.Variance, other.Changes));
        }, iter: 100);

    [Fact]
    public void Rejects_values_and_states_that_cannot_be()
    {
        var adwin = new Adwin();
        Assert.True(double.IsNaN(adwin.Mean));
        Assert.Throws<ArgumentException>(() => adwin.Add(double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Adwin(delta: 1));
        Assert.Throws<InvalidDataException>(() => adwin.Restore(new AdwinState([1], [], [], 0, 0, 0, 0)));
        Assert.Throws<InvalidDataException>(() => adwin.Restore(new AdwinState([6], [1, 1, 1, 1, 1, 1], [0, 0, 0, 0, 0, 0], 6, 0, 0, 0)));
    }
}
