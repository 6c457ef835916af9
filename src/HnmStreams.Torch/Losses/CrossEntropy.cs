using HnmStreams.Torch.Native;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Losses;

/// <summary>
/// -log p of the label, p being the softmax of one logit a class, times the weight of the class, and times (1 - p)^gamma
/// where that is asked for: the focal loss (Lin et al., arXiv 1708.02002, section 3.2) over several classes. The mean over
/// a batch divides by its examples, not by their weights.
/// </summary>
public sealed class CrossEntropy : IExampleLoss
{
    private readonly float[] _weights;
    private readonly double _gamma;

    /// <param name="weights">One for each class, above 0; empty: all weigh 1.</param>
    /// <param name="gamma">How fast the easy lose weight, 0 or more; 0 is plain cross-entropy.</param>
    public CrossEntropy(IReadOnlyList<float>? weights = null, double gamma = 0)
    {
        if (!(gamma >= 0) || double.IsInfinity(gamma))
            throw new ArgumentOutOfRangeException(nameof(gamma), gamma, "0 or more.");
        foreach (var weight in weights ?? [])
        {
            if (!(weight > 0) || float.IsInfinity(weight))
                throw new ArgumentOutOfRangeException(nameof(weights), weight, "Above 0.");
        }

        (_weights, _gamma) = ([.. weights ?? []], gamma);
    }

    public Tensor PerExample(Tensor outputs, Tensor labels)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        if (_gamma == 0)
            return Weighted(outputs, labels);
        using var scope = NewDisposeScope();
        // 1 - p as what is left of the entropy keeps its precision near 0; held off 0, where gamma below 1 has no slope.
        var missed = nn.functional.cross_entropy(outputs, labels, reduction: nn.Reduction.None).neg().expm1().neg().clamp(Constants.Of(1e-12));
        return (missed.pow(Constants.Of(_gamma)) * Weighted(outputs, labels)).MoveToOuterDisposeScope();
    }

    private Tensor Weighted(Tensor outputs, Tensor labels)
    {
        if (_weights.Length == 0)
            return nn.functional.cross_entropy(outputs, labels, reduction: nn.Reduction.None);
        using var scope = NewDisposeScope();
        var weights = tensor(_weights, dtype: outputs.dtype, device: outputs.device);
        return nn.functional.cross_entropy(outputs, labels, weight: weights, reduction: nn.Reduction.None).MoveToOuterDisposeScope();
    }
}
