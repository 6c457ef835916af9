using static TorchSharp.torch;

namespace HnmStreams.Torch.Learning.Optimizers;

/// <summary>Gradient descent with momentum: velocity = momentum * velocity + gradient; weight -= rate * velocity. As PyTorch has it.</summary>
internal sealed class SgdUpdate : IParameterUpdate
{
    private readonly (string Name, DenseTensor Weight, DenseTensor Velocity)[] _parameters;
    private readonly double _momentum;
    private readonly double _decay;

    public SgdUpdate(IReadOnlyList<(string Name, Tensor Tensor)> parameters, double momentum, double weightDecay)
    {
        (_momentum, _decay) = (momentum, weightDecay);
        using var scope = NewDisposeScope();
        _parameters = [.. parameters.Select(p => (p.Name, Kept.Of(p.Tensor.detach()), Kept.Zeros(p.Tensor)))];
    }

    public long Steps { get; set; }

    public IEnumerable<(string Name, Tensor Tensor)> State => _parameters.Select(p => (p.Name + ".velocity", p.Velocity.Tensor));

    public void Apply(IReadOnlyList<DenseTensor> gradients, double learningRate, double scale)
    {
        Steps++;
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        for (var i = 0; i < _parameters.Length; i++)
        {
            var (_, weight, velocity) = _parameters[i];
            velocity.Flat.mul_(_momentum).add_(gradients[i].Flat, alpha: scale);
            if (_decay > 0)
                velocity.Flat.add_(weight.Flat, alpha: _decay);
            weight.Flat.add_(velocity.Flat, alpha: -learningRate);
        }
    }

    public void Dispose()
    {
        foreach (var (_, weight, velocity) in _parameters)
        {
            Kept.Dispose(weight);
            Kept.Dispose(velocity);
        }
    }
}
