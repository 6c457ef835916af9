using HnmStreams.Torch.Native;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Learning;

/// <summary>
/// A running average of the weights, which generalizes better than the last weights (averaging: Izmailov et al.,
/// arXiv 1803.05407; exponential, so that it follows a stream). The decay of step n is min(decay, (1 + n) / (10 +
/// n)): otherwise the arbitrary initial weights would remain in it for long.
/// </summary>
internal sealed class WeightAverage : IDisposable
{
    private readonly IReadOnlyList<(string Name, Tensor Tensor)> _weights;
    private readonly (string Name, Tensor Tensor)[] _averages;
    private readonly double _decay;

    public WeightAverage(IReadOnlyList<(string Name, Tensor Tensor)> weights, double decay)
    {
        (_weights, _decay) = (weights, decay);
        using var guard = no_grad();
        _averages = [.. weights.Select(w => (w.Name, w.Tensor.detach().clone().DetachFromDisposeScope()))];
    }

    public IReadOnlyList<(string Name, Tensor Tensor)> Averages => _averages;

    /// <summary>The number of averaged steps; set when a saved average is restored.</summary>
    public long Steps { get; set; }

    /// <summary>Adds the current weights to the average.</summary>
    public void Update()
    {
        var decay = Math.Min(_decay, (1.0 + Steps) / (10.0 + Steps));
        Steps++;
        using var oldShare = Constants.Once(decay);
        using var newShare = Constants.Once(1 - decay);
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        for (var i = 0; i < _averages.Length; i++)
        {
            var average = _averages[i].Tensor;
            if (is_floating_point(average))
                average.mul_(oldShare).add_(_weights[i].Tensor.detach(), newShare);
            else
                average.copy_(_weights[i].Tensor);
        }
    }

    /// <summary>Restarts the average from the current weights.</summary>
    public void Restart()
    {
        Steps = 0;
        using var guard = no_grad();
        for (var i = 0; i < _averages.Length; i++)
            _averages[i].Tensor.copy_(_weights[i].Tensor);
    }

    public void Dispose()
    {
        foreach (var (_, tensor) in _averages)
            tensor.Dispose();
    }
}
