using HnmStreams.Torch.Native;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Learning;

/// <summary>
/// Running average of the weights, which generalises better than the last ones (averaging: Izmailov et al., arXiv
/// 1803.05407; exponential, so that it follows a stream). Early on it forgets faster, by min(decay, (1 + n) / (10 + n)),
/// or the arbitrary first weights would stay in it for long.
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

    /// <summary>Steps averaged; set where a saved average is restored.</summary>
    public long Steps { get; set; }

    /// <summary>Takes in the weights as they are now.</summary>
    public void Update()
    {
        var decay = Math.Min(_decay, (1.0 + Steps) / (10.0 + Steps));
        Steps++;
        using var kept = Constants.Once(decay);
        using var taken = Constants.Once(1 - decay);
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        for (var i = 0; i < _averages.Length; i++)
        {
            var average = _averages[i].Tensor;
            if (is_floating_point(average))
                average.mul_(kept).add_(_weights[i].Tensor.detach(), taken);
            else
                average.copy_(_weights[i].Tensor);
        }
    }

    /// <summary>Forgets what it averaged and starts from the weights as they are now.</summary>
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
