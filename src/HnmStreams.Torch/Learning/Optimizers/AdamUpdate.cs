using HnmStreams.Torch.Native;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Learning.Optimizers;

/// <summary>
/// Adam (Kingma and Ba, arXiv 1412.6980, algorithm 1), with the regularization term added to the gradient. The
/// project has its own implementation for three reasons: (1) sparse gradients change only the touched rows of a
/// table, which TorchSharp's optimizers do not support; (2) its whole state is two tensors per parameter and a step
/// count, so a restored checkpoint continues with the same bits; (3) it makes one vectorized pass per parameter in
/// host memory, where torch's implementation makes about twelve native calls. On other devices it uses tensor
/// operations.
/// <para>
/// The rows of a table use the bias correction of the global step, as PyTorch's SparseAdam does. A row that is first
/// touched late therefore makes a longer first step (up to 3.2 learning rates), which suits rare words.
/// </para>
/// </summary>
internal sealed class AdamUpdate : IParameterUpdate
{
    private const double Beta1 = 0.9;
    private const double Beta2 = 0.999;
    private const double Epsilon = 1e-8;

    private readonly (string Name, DenseTensor Weight, DenseTensor Mean, DenseTensor Square)[] _parameters;
    private readonly double _decay;
    private readonly bool _vectorized;
    private readonly ParameterTraining[] _training;

    /// <param name="vectorized">True computes in host memory; only for parameters on the CPU.</param>
    /// <param name="training">The training of each parameter; null trains all with the full learning rate.</param>
    public AdamUpdate(IReadOnlyList<(string Name, Tensor Tensor)> parameters, double weightDecay, bool vectorized, IReadOnlyList<ParameterTraining>? training = null)
    {
        (_decay, _vectorized) = (weightDecay, vectorized);
        _training = training is null ? [.. Enumerable.Repeat(ParameterTraining.Full, parameters.Count)] : [.. training];
        using var scope = NewDisposeScope();
        _parameters = [.. parameters.Select(p => (p.Name, PersistentTensor.Of(p.Tensor.detach()), PersistentTensor.ZerosLike(p.Tensor), PersistentTensor.ZerosLike(p.Tensor)))];
    }

    public long Steps { get; set; }

    public IEnumerable<(string Name, Tensor Tensor)> State =>
        _parameters.SelectMany(p => new[] { (p.Name + ".mean", p.Mean.Tensor), (p.Name + ".square", p.Square.Tensor) });

    public void Apply(IReadOnlyList<ParameterGradient> gradients, double learningRate, double scale)
    {
        Steps++;
        var constants = new AdamConstants((float)Beta1, (float)(1 - Beta1), (float)Beta2, (float)(1 - Beta2), (float)Epsilon, (float)_decay);
        for (var i = 0; i < _parameters.Length; i++)
        {
            if (gradients[i].IsNone)
                continue;
            var (_, weight, mean, square) = _parameters[i];
            // The bias correction of a parameter that was frozen counts its own steps.
            var steps = Math.Max(1, Steps - _training[i].FromStep);
            var rate = learningRate * _training[i].RateFactor / (1 - Math.Pow(Beta1, steps));
            var root = 1 / Math.Sqrt(1 - Math.Pow(Beta2, steps));
            if (gradients[i].Rows is { } rows)
                ApplyToRows(_parameters[i], rows, constants, (float)scale, (float)rate, (float)root);
            else if (_vectorized)
                FloatSpans.Adam(weight.Values, gradients[i].Dense.Values, mean.Values, square.Values, constants, (float)scale, (float)rate, (float)root);
            else
                ApplyByTensors(weight.Flat, gradients[i].Dense.Flat, mean.Flat, square.Flat, rate, root, scale);
        }
    }

    public void Dispose()
    {
        foreach (var (_, weight, mean, square) in _parameters)
        {
            PersistentTensor.Dispose(weight);
            PersistentTensor.Dispose(mean);
            PersistentTensor.Dispose(square);
        }
    }

    private static void ApplyToRows(
        (string Name, DenseTensor Weight, DenseTensor Mean, DenseTensor Square) parameter, RowGradient rows, in AdamConstants constants, float scale, float rate, float root)
    {
        var touched = rows.Touched;
        var gradients = rows.Values;
        var weights = parameter.Weight.Values;
        var means = parameter.Mean.Values;
        var squares = parameter.Square.Values;
        var width = rows.Width;
        for (var i = 0; i < touched.Length; i++)
        {
            var from = touched[i] * width;
            FloatSpans.Adam(
                weights.Slice(from, width), gradients.Slice(i * width, width), means.Slice(from, width), squares.Slice(from, width), constants, scale, rate, root);
        }
    }

    private void ApplyByTensors(Tensor weight, Tensor gradient, Tensor mean, Tensor square, double rate, double root, double scale)
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        using var clipping = Constants.Once(scale);
        using var correction = Constants.Once(root);
        using var step = Constants.Once(-rate);
        var scaled = gradient.mul(clipping).add_(weight, alpha: Constants.Of(_decay));
        mean.mul_(Constants.Of(Beta1)).add_(scaled, alpha: Constants.Of(1 - Beta1));
        square.mul_(Constants.Of(Beta2)).addcmul_(scaled, scaled, value: Constants.Of(1 - Beta2));
        weight.addcdiv_(mean, square.sqrt().mul_(correction).add_(Constants.Of(Epsilon), Constants.One), value: step);
    }
}
