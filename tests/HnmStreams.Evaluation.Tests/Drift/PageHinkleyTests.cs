using CsCheck;
using HnmStreams.Data.Synthetic;
using HnmStreams.Evaluation.Drift;

namespace HnmStreams.Evaluation.Tests.Drift;

public sealed class PageHinkleyTests
{
    [Fact]
    public void Signals_when_the_sum_of_deviations_exceeds_the_threshold()
    {
        // Means 0, 0, 1/3, 1/2; deviations less the tolerance of 0.1: -0.1, -0.1, 0.5667, 0.4. The sum is at most 0.9667 above its minimum.
        double[] values = [0, 0, 1, 1];
        var quiet = new PageHinkley(tolerance: 0.1, threshold: 0.97, minCount: 1);
        Assert.All(values, v => Assert.Equal(DriftDirection.None, quiet.Add(v)));
        Assert.Equal((0.7667 + 0.2) - 0.2, quiet.Save().RiseSum, 4);
        var signal = new PageHinkley(tolerance: 0.1, threshold: 0.96, minCount: 1);
        Assert.Equal([DriftDirection.None, DriftDirection.None, DriftDirection.None, DriftDirection.Rise], values.Select(signal.Add));
        Assert.Equal(0, signal.Count);
    }

    [Theory]
    [InlineData(0.2, 0.6, DriftDirection.Rise)]
    [InlineData(0.6, 0.2, DriftDirection.Fall)]
    public void Finds_a_step_in_its_direction(double before, double after, DriftDirection expected)
    {
        for (var seed = 1; seed <= 20; seed++)
        {
            var random = SplitMix64.Of(7, seed);
            var test = new PageHinkley(tolerance: 0.05, threshold: 30);
            for (var i = 0; i < 2_000; i++)
                Assert.Equal(DriftDirection.None, test.Add(random.NextDouble() < before ? 1 : 0));
            var found = DriftDirection.None;
            for (var i = 0; i < 500 && found == DriftDirection.None; i++)
                found = test.Add(random.NextDouble() < after ? 1 : 0);
            Assert.Equal(expected, found);
        }
    }

    [Fact]
    public void Rarely_signals_in_a_constant_stream()
    {
        var signals = 0;
        for (var seed = 1; seed <= 50; seed++)
        {
            var random = SplitMix64.Of(7, seed);
            var test = new PageHinkley(tolerance: 0.05, threshold: 30);
            for (var i = 0; i < 20_000; i++)
                signals += test.Add(random.NextDouble() < 0.3 ? 1 : 0) == DriftDirection.None ? 0 : 1;
        }

        Assert.InRange(signals, 0, 5);
    }

    [Fact]
    public void Continues_from_a_saved_state() =>
        Gen.Double[0, 1].Array[2, 300].Sample(values =>
        {
            var (one, other) = (new PageHinkley(0.01, 5, 10), new PageHinkley(0.01, 5, 10));
            foreach (var value in values[..(values.Length / 2)])
                one.Add(value);
            other.Restore(one.Save());
            foreach (var value in values[(values.Length / 2)..])
                Assert.Equal(one.Add(value), other.Add(value));
            Assert.Equal(one.Save(), other.Save());
        }, iter: 200);

    [Fact]
    public void Rejects_values_and_states_that_cannot_be()
    {
        var test = new PageHinkley(0.1, 5);
        Assert.Throws<ArgumentException>(() => test.Add(double.PositiveInfinity));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PageHinkley(0.1, 0));
        Assert.Throws<InvalidDataException>(() => test.Restore(new PageHinkleyState(-1, 0, 0, 0, 0, 0)));
        Assert.Throws<InvalidDataException>(() => test.Restore(new PageHinkleyState(5, 0, 1, 2, 0, 0)));
    }
}
