using HnmStreams.Torch.Learning.Optimizers;
using HnmStreams.Torch.Native;
using HnmStreams.Torch.Tests.Fixtures;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Tests.Learning.Optimizers;

/// <summary>Expected weights and estimates come from algorithm 4 of arXiv 2306.06101, line by line in double precision.</summary>
public sealed class ProdigyUpdateTests
{
    public ProdigyUpdateTests() => TorchLibrary.EnsureLoaded();

    [Theory]
    [InlineData(0, 0, 1, true)]
    [InlineData(0, 0, 1, false)]
    [InlineData(20, 0.1, 0.5, true)]
    [InlineData(20, 0.1, 0.5, false)]
    public void Weights_and_estimate_match_the_algorithm_of_the_paper(int warmup, double decay, double scale, bool vectorized)
    {
        using var problem = new LogisticProblem();
        using var update = new ProdigyUpdate(problem.Parameters, decay, vectorized);
        var expected = new Reference(decay, scale);
        for (var step = 0; step < 400; step++)
        {
            var factor = warmup > 0 ? Math.Min(1, (step + 1.0) / warmup) : 1;
            problem.Step(update, step, factor, scale);
            expected.Step(step, factor);
            Assert.Equal(expected.Estimate, update.Estimate, 1e-3 * expected.Estimate);
            foreach (var (e, a) in expected.Weights.Zip(problem.Weights))
                Assert.Equal(e, a, 1e-3);
        }

        // The estimate has grown from 1e-6 to a usable rate. Otherwise, equal weights would prove little.
        Assert.InRange(expected.Estimate, 1e-3, 10);
    }

    [Fact]
    public void Rescaling_the_sums_does_not_change_the_estimate()
    {
        using var problem = new LogisticProblem();
        using var update = new ProdigyUpdate(problem.Parameters, 0, vectorized: true);
        var expected = new Reference(decay: 0, scale: 1);
        for (var step = 0; step < 17_000; step++)
        {
            problem.Step(update, step, 1, 1);
            expected.Step(step, 1);
        }

        Assert.Equal(expected.Estimate, update.Estimate, 0.02 * expected.Estimate);
        // The decayed sums of the reference and the growing ones of the optimizer differ by the growth since the last rescaling.
        var scalars = update.State.Last().Tensor.data<double>().ToArray();
        var growth = Math.Pow(0.999, -0.5 * ((17_000 - 1) % 16_384)) / (1 - Math.Sqrt(0.999)) / 1e-12;
        Assert.Equal(expected.Denominator * growth, scalars[2], 0.02 * scalars[2]);
    }

    [Fact]
    public void Touching_every_row_equals_a_dense_step()
    {
        using var scope = NewDisposeScope();
        var (a, b) = (zeros(6, 11), zeros(6, 11));
        var targets = Enumerable.Range(0, 66).Select(i => (float)(1 + (0.5 * Math.Sin(i)))).ToArray();
        using var byRows = new ProdigyUpdate([("table", a)], 0.01, vectorized: true);
        using var dense = new ProdigyUpdate([("table", b)], 0.01, vectorized: true);
        var gradient = new RowGradient(6, 11);
        for (var step = 0; step < 100; step++)
        {
            gradient.Set([0, 1, 2, 3, 4, 5], Towards(a));
            byRows.Apply([gradient], 1, 0.5);
            dense.Apply([DenseTensor.Of(tensor(Towards(b)).view(6, 11))], 1, 0.5);
        }

        Assert.Equal(dense.Estimate, byRows.Estimate, 1e-4 * dense.Estimate);
        Assert.InRange(dense.Estimate, 1e-3, 10);
        Assert.True(a.allclose(b, 1e-4, 1e-6));

        // The gradient of half the squared distance from the targets.
        float[] Towards(Tensor weights) => [.. weights.data<float>().ToArray().Zip(targets, (w, target) => w - target)];
    }

    [Fact]
    public void An_untouched_row_keeps_its_weights_and_its_share_of_the_denominator_decays()
    {
        using var scope = NewDisposeScope();
        var table = ones(2, 3);
        using var update = new ProdigyUpdate([("table", table)], 0, vectorized: true);
        var gradient = new RowGradient(2, 3);
        gradient.Set([0], [1, 1, 1]);
        update.Apply([gradient], 1, 1);
        var first = table[0].data<float>().ToArray();
        gradient.Set([1], [1, 1, 1]);
        for (var step = 0; step < 5; step++)
            update.Apply([gradient], 1, 1);
        Assert.Equal(first, table[0].data<float>().ToArray());
        var sums = update.State.First(s => s.Name == "table.gradients").Tensor;
        // Summands of later steps weigh more by 1 / sqrt(beta2) per step, at least; the estimate can only add to it.
        Assert.True(sums[1, 0].item<float>() / 5 > sums[0, 0].item<float>() * Math.Pow(0.999, -0.5));
    }

    [Fact]
    public void Loaded_weights_are_the_new_start_and_the_estimate_stays()
    {
        using var problem = new LogisticProblem();
        using var update = new ProdigyUpdate(problem.Parameters, 0, vectorized: true);
        for (var step = 0; step < 50; step++)
            problem.Step(update, step, 1, 1);
        var estimate = update.Estimate;
        foreach (var (_, weights) in problem.Parameters)
            weights.fill_(Constants.Half);
        update.OnWeightsReplaced();
        Assert.Equal(estimate, update.Estimate);
        Assert.All(update.State.First(s => s.Name == "vector.initial").Tensor.data<float>().ToArray(), w => Assert.Equal(0.5f, w));
        Assert.All(update.State.First(s => s.Name == "vector.gradients").Tensor.data<float>().ToArray(), s => Assert.Equal(0, s));
        Assert.Equal([estimate, 0, 0], update.State.Last().Tensor.data<double>().ToArray());
    }

    private sealed class Reference(double decay, double scale)
    {
        private readonly double[] _m = new double[LogisticProblem.Features];
        private readonly double[] _v = new double[LogisticProblem.Features];
        private readonly double[] _s = new double[LogisticProblem.Features];
        private double _r;

        public double[] Weights { get; } = [.. LogisticProblem.Start];

        public double Estimate { get; private set; } = 1e-6;

        public double Denominator => _s.Sum(Math.Abs);

        public void Step(int step, double factor)
        {
            var (d, root) = (Estimate, Math.Sqrt(0.999));
            var g = LogisticProblem.Gradient(Weights, step).Select(value => scale * value).ToArray();
            var product = g.Select((value, i) => value * (LogisticProblem.Start[i] - Weights[i])).Sum();
            _r = (root * _r) + ((1 - root) * factor * d * d * product);
            for (var i = 0; i < g.Length; i++)
            {
                _m[i] = (0.9 * _m[i]) + (0.1 * d * g[i]);
                _v[i] = (0.999 * _v[i]) + (0.001 * d * d * g[i] * g[i]);
                _s[i] = (root * _s[i]) + ((1 - root) * factor * d * d * g[i]);
                Weights[i] -= factor * d * ((_m[i] / (Math.Sqrt(_v[i]) + (d * 1e-8))) + (decay * Weights[i]));
            }

            Estimate = Math.Max(d, _r / Denominator);
        }
    }
}
