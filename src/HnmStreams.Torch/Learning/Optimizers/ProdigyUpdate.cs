using System.Runtime.InteropServices;
using HnmStreams.Torch.Native;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Learning.Optimizers;

/// <summary>
/// Prodigy (Mishchenko and Defazio, arXiv 2306.06101, algorithm 4): Adam whose learning rate is d, a growing lower estimate of the distance from the
/// initial weights to the solution: d = max(d, r / |s|_1), where r and s are running sums of &lt;g, x0 - x&gt; and of the gradients g. Weight decay is
/// decoupled, as in the authors' implementation. Adam's bias correction is not applied, as in the algorithm.
/// <para>
/// Stored are m / d0, v / d0², r / d0² and s / d0²: their squares would otherwise be too small for float32 while d is 1e-6. The factor 1 - sqrt(beta2) of r and s
/// cancels and is left out. Their decay is not applied to every element but to the weight of new summands, which grows instead
/// (<see cref="StepsPerRescaling"/>), so that a step on a table costs its touched rows only.
/// </para>
/// </summary>
internal sealed class ProdigyUpdate : IParameterUpdate
{
    private const double Beta1 = 0.9;
    private const double Beta2 = 0.999;
    private const double Epsilon = 1e-8;
    private const double InitialEstimate = 1e-6;

    // In this number of steps the weight of new summands grows to 3,600. Then all sums are divided by it.
    private const long StepsPerRescaling = 16_384;

    private const int EstimateIndex = 0;
    private const int NumeratorIndex = 1;
    private const int DenominatorIndex = 2;

    private readonly Parameter[] _parameters;
    private readonly double _decay;
    private readonly bool _vectorized;
    // d, r and |s|_1. A tensor, so that they are saved with the others.
    private readonly Tensor _estimate;

    /// <param name="weightDecay">The decoupled weight decay.</param>
    /// <param name="vectorized">True computes in host memory; only for parameters on the CPU.</param>
    public ProdigyUpdate(IReadOnlyList<(string Name, Tensor Tensor)> parameters, double weightDecay, bool vectorized)
    {
        (_decay, _vectorized) = (weightDecay, vectorized);
        using var scope = NewDisposeScope();
        _estimate = zeros(3, float64).DetachFromDisposeScope();
        _parameters = [.. parameters.Select(p => new Parameter(p.Name, p.Tensor))];
        Scalars[EstimateIndex] = InitialEstimate;
    }

    public long Steps { get; set; }

    public IEnumerable<(string Name, Tensor Tensor)> State => [.. _parameters.SelectMany(p => p.State), ("estimate", _estimate)];

    /// <summary>The estimated distance d, which is the learning rate of the next step.</summary>
    public double Estimate => Scalars[EstimateIndex];

    // Not Tensor.item: it would create a native object per step.
    private Span<double> Scalars => MemoryMarshal.Cast<byte, double>(_estimate.bytes);

    /// <param name="learningRate">The factor on the estimate, the paper's gamma: 1, or less in the warm-up and under a decaying schedule.</param>
    public void Apply(IReadOnlyList<ParameterGradient> gradients, double learningRate, double scale)
    {
        if (Steps > 0 && Steps % StepsPerRescaling == 0)
            Rescale();
        var scalars = Scalars;
        var relative = scalars[EstimateIndex] / InitialEstimate;
        var weight = learningRate * relative * relative * Math.Pow(Beta2, -0.5 * (Steps % StepsPerRescaling));
        Steps++;
        var constants = new ProdigyConstants(
            (float)Beta1, (float)((1 - Beta1) * relative), (float)Beta2, (float)((1 - Beta2) * relative * relative), (float)(relative * Epsilon),
            (float)scale, (float)(learningRate * scalars[EstimateIndex]), (float)_decay, (float)weight);
        var (product, added) = (0.0, 0.0);
        for (var i = 0; i < _parameters.Length; i++)
        {
            var (p, a) = gradients[i].Rows is { } rows ? _parameters[i].ApplyToRows(rows, constants)
                : _vectorized ? _parameters[i].Apply(gradients[i].Dense.Values, constants)
                : _parameters[i].ApplyByTensors(gradients[i].Dense.Flat, constants);
            (product, added) = (product + p, added + a);
        }

        scalars[NumeratorIndex] += weight * product;
        scalars[DenominatorIndex] += added;
        var estimate = scalars[NumeratorIndex] / scalars[DenominatorIndex];
        // False for NaN, so that the estimate stays finite.
        if (scalars[DenominatorIndex] > 0 && estimate > scalars[EstimateIndex] && double.IsFinite(estimate))
            scalars[EstimateIndex] = estimate;
    }

    /// <summary>Measures distances from the new weights. The estimate stays.</summary>
    public void OnWeightsReplaced()
    {
        using var guard = no_grad();
        (Scalars[NumeratorIndex], Scalars[DenominatorIndex]) = (0, 0);
        foreach (var p in _parameters)
            p.Restart();
    }

    public void Dispose()
    {
        _estimate.Dispose();
        foreach (var p in _parameters)
            p.Dispose();
    }

    private void Rescale()
    {
        var factor = Math.Pow(Beta2, 0.5 * StepsPerRescaling);
        var scalars = Scalars;
        scalars[NumeratorIndex] *= factor;
        // Summed again, which removes the rounding errors of the increments.
        scalars[DenominatorIndex] = 0;
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        foreach (var p in _parameters)
            scalars[DenominatorIndex] += p.Gradients.Flat.mul_(Constants.Of(factor)).abs().sum(ScalarType.Float64).item<double>();
    }

    /// <summary>The tensors of one parameter: x, x0, m, v and s.</summary>
    private sealed class Parameter : IDisposable
    {
        private const int BlockSize = 1024;

        private readonly string _name;
        private readonly DenseTensor _weight;
        private readonly DenseTensor _initial;
        private readonly DenseTensor _mean;
        private readonly DenseTensor _square;

        public Parameter(string name, Tensor tensor)
        {
            using var guard = no_grad();
            _name = name;
            _weight = PersistentTensor.Of(tensor.detach());
            _initial = PersistentTensor.ZerosLike(tensor);
            _mean = PersistentTensor.ZerosLike(tensor);
            _square = PersistentTensor.ZerosLike(tensor);
            Gradients = PersistentTensor.ZerosLike(tensor);
            _initial.Tensor.copy_(tensor);
        }

        /// <summary>The running sum s of the gradients.</summary>
        public DenseTensor Gradients { get; }

        public IEnumerable<(string Name, Tensor Tensor)> State =>
            [(_name + ".initial", _initial.Tensor), (_name + ".mean", _mean.Tensor), (_name + ".square", _square.Tensor), (_name + ".gradients", Gradients.Tensor)];

        /// <summary>Applies a step.</summary>
        /// <returns>The product &lt;g, x0 - x&gt; before the step, and the increase of |s|_1.</returns>
        public (double Product, double Added) Apply(ReadOnlySpan<float> gradients, in ProdigyConstants constants)
        {
            // Blocks are summed in float and their sums in double, so that a large parameter costs no precision.
            var (product, added) = (0.0, 0.0);
            for (var from = 0; from < gradients.Length; from += BlockSize)
            {
                var (p, a) = Apply(from, gradients.Slice(from, Math.Min(BlockSize, gradients.Length - from)), constants);
                (product, added) = (product + p, added + a);
            }

            return (product, added);
        }

        /// <inheritdoc cref="Apply(ReadOnlySpan{float}, in ProdigyConstants)"/>
        public (double Product, double Added) ApplyToRows(RowGradient rows, in ProdigyConstants constants)
        {
            var (product, added) = (0.0, 0.0);
            var touched = rows.Touched;
            var width = rows.Width;
            for (var i = 0; i < touched.Length; i++)
            {
                var (p, a) = Apply(touched[i] * width, rows.Values.Slice(i * width, width), constants);
                (product, added) = (product + p, added + a);
            }

            return (product, added);
        }

        /// <inheritdoc cref="Apply(ReadOnlySpan{float}, in ProdigyConstants)"/>
        public (double Product, double Added) ApplyByTensors(Tensor gradient, in ProdigyConstants c)
        {
            using var guard = no_grad();
            using var scope = NewDisposeScope();
            using var clipping = Constants.Once(c.Scale);
            using var weight = Constants.Once(c.Weight);
            using var newMean = Constants.Once(c.Rest1);
            using var newSquare = Constants.Once(c.Rest2);
            using var epsilon = Constants.Once(c.Epsilon);
            using var step = Constants.Once(-c.Rate);
            using var kept = Constants.Once(1 - ((double)c.Rate * c.Decay));
            var scaled = gradient.mul(clipping);
            var product = _initial.Flat.sub(_weight.Flat).mul_(scaled).sum(ScalarType.Float64).item<double>();
            _mean.Flat.mul_(Constants.Of(Beta1)).add_(scaled, alpha: newMean);
            _square.Flat.mul_(Constants.Of(Beta2)).addcmul_(scaled, scaled, value: newSquare);
            var before = Gradients.Flat.abs().sum(ScalarType.Float64).item<double>();
            var after = Gradients.Flat.add_(scaled, alpha: weight).abs().sum(ScalarType.Float64).item<double>();
            _weight.Flat.mul_(kept).addcdiv_(_mean.Flat, _square.Flat.sqrt().add_(epsilon, Constants.One), value: step);
            return (product, after - before);
        }

        public void Restart()
        {
            _initial.Flat.copy_(_weight.Flat);
            Gradients.Flat.zero_();
        }

        public void Dispose()
        {
            foreach (var dense in (ReadOnlySpan<DenseTensor>)[_weight, _initial, _mean, _square, Gradients])
                PersistentTensor.Dispose(dense);
        }

        private (float Product, float Added) Apply(int from, ReadOnlySpan<float> gradients, in ProdigyConstants constants)
        {
            var count = gradients.Length;
            return ProdigySpans.Step(
                _weight.Values.Slice(from, count), gradients, _initial.Values.Slice(from, count), _mean.Values.Slice(from, count), _square.Values.Slice(from, count),
                Gradients.Values.Slice(from, count), constants);
        }
    }
}
