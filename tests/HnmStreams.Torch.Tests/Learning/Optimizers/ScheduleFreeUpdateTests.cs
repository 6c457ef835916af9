using CsCheck;
using HnmStreams.Torch.Learning.Optimizers;
using HnmStreams.Torch.Native;
using HnmStreams.Torch.Tests.Fixtures;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Tests.Learning.Optimizers;

/// <summary>Expected weights come from algorithm 1 of arXiv 2405.15682, line by line in double precision.</summary>
public sealed class ScheduleFreeUpdateTests
{
    private const int Steps = 80;
    private const double Rate = 0.05;

    public ScheduleFreeUpdateTests() => TorchLibrary.EnsureLoaded();

    [Theory]
    [InlineData(0, 0, 1, true)]
    [InlineData(0, 0, 1, false)]
    [InlineData(10, 0.1, 0.5, true)]
    [InlineData(10, 0.1, 0.5, false)]
    public void Weights_match_the_algorithm_of_the_paper(int warmup, double decay, double scale, bool vectorized)
    {
        using var problem = new LogisticProblem();
        using var update = new ScheduleFreeUpdate(problem.Parameters, decay, minShare: 0, vectorized);
        var expected = new Reference(decay, warmup, scale, minShare: 0);
        for (var step = 0; step < Steps; step++)
        {
            problem.Step(update, step, warmup > 0 ? Rate * Math.Min(1, (step + 1.0) / warmup) : Rate, scale);
            expected.Step(step);
            AssertClose(expected.X, Published(update), 2e-5);
            AssertClose(expected.NextY, problem.Weights, 2e-5);
        }

        // The average differs from the trained weights, so the comparison tells them apart.
        Assert.Contains(expected.X.Zip(expected.NextY), pair => Math.Abs(pair.First - pair.Second) > 1e-3);
    }

    [Fact]
    public void A_smallest_share_makes_the_average_exponential()
    {
        using var problem = new LogisticProblem();
        using var update = new ScheduleFreeUpdate(problem.Parameters, 0, minShare: 0.1, vectorized: true);
        var expected = new Reference(decay: 0, warmup: 0, scale: 1, minShare: 0.1);
        for (var step = 0; step < Steps; step++)
        {
            problem.Step(update, step, Rate, 1);
            expected.Step(step);
        }

        AssertClose(expected.X, Published(update), 2e-5);
    }

    [Fact]
    public void A_row_of_a_table_is_trained_like_a_parameter_that_has_only_the_steps_of_the_row() =>
        Gen.Int[0, 3].Array[1, 3].Array[1, 40].Sample(
            steps =>
            {
                using var scope = NewDisposeScope();
                const int Width = 11;
                var table = ones(4, Width);
                using var update = new ScheduleFreeUpdate([("table", table)], 0.02, minShare: 0, vectorized: true);
                var gradient = new RowGradient(4, Width);
                foreach (var (touched, step) in steps.Select((rows, step) => (rows.Distinct().ToArray(), step)))
                {
                    gradient.Set([.. touched.Select(row => (long)row)], [.. touched.SelectMany(row => Values(row, step))]);
                    update.Apply([gradient], RateOf(step), 0.7);
                }

                for (var row = 0; row < 4; row++)
                {
                    var alone = ones(1, Width);
                    using var single = new ScheduleFreeUpdate([("row", alone)], 0.02, minShare: 0, vectorized: true);
                    for (var step = 0; step < steps.Length; step++)
                    {
                        if (steps[step].Contains(row))
                            single.Apply([DenseTensor.Of(tensor(Values(row, step)).view(1, Width))], RateOf(step), 0.7);
                    }

                    Assert.True(table[row].allclose(alone[0], 1e-6, 1e-6));
                    Assert.True(update.PublishedWeights["table"][row].allclose(single.PublishedWeights["row"][0], 1e-6, 1e-6));
                }

                static float[] Values(int row, int step) => [.. Enumerable.Range(0, Width).Select(i => (float)Math.Sin((row * 3) + (step * 1.3) + i))];
                static double RateOf(int step) => 0.1 / (1 + (step % 3));
            },
            seed: "0000KOIPe036", iter: 40, threads: 1);

    [Fact]
    public void Loaded_weights_start_a_new_average()
    {
        using var problem = new LogisticProblem();
        using var update = new ScheduleFreeUpdate(problem.Parameters, 0, minShare: 0, vectorized: true);
        for (var step = 0; step < 10; step++)
            problem.Step(update, step, Rate, 1);
        foreach (var weights in update.PublishedWeights.Values)
            weights.fill_(Constants.Half);
        update.OnWeightsReplaced();
        Assert.All(problem.Weights, w => Assert.Equal(0.5, w));
        problem.Step(update, 10, Rate, 1);
        // The first step has the whole share, as in a new optimizer: x = z = y.
        AssertClose(Published(update), problem.Weights, 1e-7);
    }

    [Fact]
    public void State_and_average_have_the_memory_order_of_their_parameter()
    {
        using var scope = NewDisposeScope();
        var weight = randn(4, 3, 3, 2).permute(0, 3, 1, 2);
        using var update = new ScheduleFreeUpdate([("weight", weight)], 0, minShare: 0, vectorized: true);
        Assert.Equal(["weight.fast", "weight.square", "weightSum"], update.State.Select(s => s.Name));
        Assert.All(update.State.SkipLast(1), s => Assert.Equal(weight.stride(), s.Tensor.stride()));
        Assert.Equal(weight.stride(), update.PublishedWeights["weight"].stride());
    }

    private static double[] Published(ScheduleFreeUpdate update) =>
        LogisticProblem.Concatenate(update.PublishedWeights["matrix"], update.PublishedWeights["vector"]);

    private static void AssertClose(double[] expected, double[] actual, double tolerance)
    {
        foreach (var (e, a) in expected.Zip(actual))
            Assert.Equal(e, a, tolerance);
    }

    private sealed class Reference(double decay, int warmup, double scale, double minShare)
    {
        private readonly double[] _z = [.. LogisticProblem.Start];
        private readonly double[] _v = new double[LogisticProblem.Features];
        private double _sumOfSquaredRates;

        public double[] X { get; } = [.. LogisticProblem.Start];

        public double[] NextY => [.. X.Select((x, i) => (0.1 * _z[i]) + (0.9 * x))];

        public void Step(int step)
        {
            var t = step + 1;
            var y = NextY;
            var g = LogisticProblem.Gradient(y, step);
            var rate = warmup > 0 ? Rate * Math.Min(1, (double)t / warmup) : Rate;
            _sumOfSquaredRates += rate * rate;
            var c = Math.Max(minShare, rate * rate / _sumOfSquaredRates);
            for (var i = 0; i < y.Length; i++)
            {
                var gradient = scale * g[i];
                _v[i] = (0.999 * _v[i]) + (0.001 * gradient * gradient);
                var corrected = _v[i] / (1 - Math.Pow(0.999, t));
                _z[i] = _z[i] - (rate * gradient / (Math.Sqrt(corrected) + 1e-8)) - (rate * decay * y[i]);
                X[i] = ((1 - c) * X[i]) + (c * _z[i]);
            }
        }
    }
}
