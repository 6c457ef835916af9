using HnmStreams.Torch.Native;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Learning.Optimizers;

/// <summary>Stochastic gradient descent with momentum, as in PyTorch: velocity = momentum * velocity + gradient; weight -= rate * velocity.</summary>
internal sealed class SgdUpdate : IParameterUpdate
{
    private readonly (string Name, DenseTensor Weight, DenseTensor Velocity)[] _parameters;
    private readonly double _momentum;
    private readonly double _decay;
    private readonly ParameterTraining[] _training;

    /// <param name="training">The training of each parameter; null trains all with the full learning rate.</param>
    public SgdUpdate(IReadOnlyList<(string Name, Tensor Tensor)> parameters, double momentum, double weightDecay, IReadOnlyList<ParameterTraining>? training = null)
    {
        (_momentum, _decay) = (momentum, weightDecay);
        _training = training is null ? [.. Enumerable.Repeat(ParameterTraining.Full, parameters.Count)] : [.. training];
        using var scope = NewDisposeScope();
        _parameters = [.. parameters.Select(p => (p.Name, PersistentTensor.Of(p.Tensor.detach()), PersistentTensor.ZerosLike(p.Tensor)))];
    }

    public long Steps { get; set; }

    public IEnumerable<(string Name, Tensor Tensor)> State => _parameters.Select(p => (p.Name + ".velocity", p.Velocity.Tensor));

    public void Apply(IReadOnlyList<ParameterGradient> gradients, double learningRate, double scale)
    {
        Steps++;
        using var clipping = Constants.Once(scale);
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        for (var i = 0; i < _parameters.Length; i++)
        {
            if (gradients[i].IsNone)
                continue;
            var (_, weight, velocity) = _parameters[i];
            var rate = learningRate * _training[i].RateFactor;
            if (gradients[i].Rows is { } rows)
            {
                ApplyToRows(weight, velocity, rows, (float)rate, (float)scale);
                continue;
            }

            using var step = Constants.Once(-rate);
            velocity.Flat.mul_(Constants.Of(_momentum)).add_(gradients[i].Dense.Flat, alpha: clipping);
            if (_decay > 0)
                velocity.Flat.add_(weight.Flat, alpha: Constants.Of(_decay));
            weight.Flat.add_(velocity.Flat, alpha: step);
        }
    }

    // The velocity of a row stays unchanged in steps that do not touch the row.
    private void ApplyToRows(DenseTensor weight, DenseTensor velocity, RowGradient rows, float learningRate, float scale)
    {
        var touched = rows.Touched;
        var width = rows.Width;
        for (var i = 0; i < touched.Length; i++)
        {
            var w = weight.Values.Slice(touched[i] * width, width);
            var v = velocity.Values.Slice(touched[i] * width, width);
            var g = rows.Values.Slice(i * width, width);
            for (var j = 0; j < width; j++)
            {
                v[j] = ((float)_momentum * v[j]) + (scale * g[j]) + ((float)_decay * w[j]);
                w[j] -= learningRate * v[j];
            }
        }
    }

    public void Dispose()
    {
        foreach (var (_, weight, velocity) in _parameters)
        {
            PersistentTensor.Dispose(weight);
            PersistentTensor.Dispose(velocity);
        }
    }
}
