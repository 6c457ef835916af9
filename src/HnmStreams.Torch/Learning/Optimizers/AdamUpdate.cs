using HnmStreams.Torch.Native;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Learning.Optimizers;

/// <summary>
/// Adam (Kingma and Ba, arXiv 1412.6980): one vectorised pass in host memory, tensor operations elsewhere. Of a table,
/// the touched rows only, with the bias correction of all steps, as PyTorch's SparseAdam has it: a row's first step is
/// the longer the later it comes (up to 3.2 learning rates), which suits words that are rare.
/// </summary>
internal sealed class AdamUpdate : IParameterUpdate
{
    private const double Beta1 = 0.9;
    private const double Beta2 = 0.999;
    private const double Epsilon = 1e-8;

    private readonly (string Name, DenseTensor Weight, DenseTensor Mean, DenseTensor Square)[] _parameters;
    private readonly double _decay;
    private readonly bool _vectorised;

    /// <param name="vectorised">Only for parameters in host memory.</param>
    public AdamUpdate(IReadOnlyList<(string Name, Tensor Tensor)> parameters, double weightDecay, bool vectorised)
    {
        (_decay, _vectorised) = (weightDecay, vectorised);
        using var scope = NewDisposeScope();
        _parameters = [.. parameters.Select(p => (p.Name, Kept.Of(p.Tensor.detach()), Kept.Zeros(p.Tensor), Kept.Zeros(p.Tensor)))];
    }

    public long Steps { get; set; }

    public IEnumerable<(string Name, Tensor Tensor)> State =>
        _parameters.SelectMany(p => new[] { (p.Name + ".mean", p.Mean.Tensor), (p.Name + ".square", p.Square.Tensor) });

    public void Apply(IReadOnlyList<ParameterGradient> gradients, double learningRate, double scale)
    {
        Steps++;
        var rate = learningRate / (1 - Math.Pow(Beta1, Steps));
        var root = 1 / Math.Sqrt(1 - Math.Pow(Beta2, Steps));
        var constants = new AdamConstants((float)Beta1, (float)(1 - Beta1), (float)Beta2, (float)(1 - Beta2), (float)Epsilon, (float)_decay);
        for (var i = 0; i < _parameters.Length; i++)
        {
            var (_, weight, mean, square) = _parameters[i];
            if (gradients[i].Rows is { } rows)
                ApplyToRows(_parameters[i], rows, constants, (float)scale, (float)rate, (float)root);
            else if (_vectorised)
                FloatSpans.Adam(weight.Values, gradients[i].Dense.Values, mean.Values, square.Values, constants, (float)scale, (float)rate, (float)root);
            else
                ApplyByTensors(weight.Flat, gradients[i].Dense.Flat, mean.Flat, square.Flat, rate, root, scale);
        }
    }

    public void Dispose()
    {
        foreach (var (_, weight, mean, square) in _parameters)
        {
            Kept.Dispose(weight);
            Kept.Dispose(mean);
            Kept.Dispose(square);
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
