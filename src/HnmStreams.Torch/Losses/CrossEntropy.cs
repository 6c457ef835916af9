using HnmStreams.Torch.Native;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Losses;

/// <summary>
/// Cross-entropy over several classes: -log p of the label, with p the softmax of one logit per class, times the
/// class weight, and times (1 - p)^gamma for the focal loss (Lin et al., arXiv 1708.02002, section 3.2). The mean
/// over a batch divides by the number of examples, not by the sum of class weights.
/// </summary>
public sealed class CrossEntropy : IExampleLoss
{
    private readonly float[] _weights;
    private readonly double _gamma;

    /// <param name="weights">The weight of each class, above 0; empty gives all classes the weight 1.</param>
    /// <param name="gamma">The focusing exponent, 0 or more: larger values reduce the weight of easy examples. 0 is plain cross-entropy.</param>
    public CrossEntropy(IReadOnlyList<float>? weights = null, double gamma = 0)
    {
        if (!(gamma >= 0) || double.IsInfinity(gamma))
            throw new ArgumentOutOfRangeException(nameof(gamma), gamma, "Gamma must be 0 or more.");
        foreach (var weight in weights ?? [])
        {
            if (!(weight > 0) || float.IsInfinity(weight))
                throw new ArgumentOutOfRangeException(nameof(weights), weight, "A class weight must be above 0.");
        }

        (_weights, _gamma) = ([.. weights ?? []], gamma);
    }

    public Tensor PerExample(Tensor outputs, Tensor labels)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        if (_gamma == 0)
            return Weighted(outputs, labels);
        using var scope = NewDisposeScope();
        // 1 - p is computed by expm1 to keep its precision near 0, and clamped above 0, where a gamma below 1 has no
        // finite slope.
        var missing = nn.functional.cross_entropy(outputs, labels, reduction: nn.Reduction.None).neg().expm1().neg().clamp(Constants.Of(1e-12));
        return (missing.pow(Constants.Of(_gamma)) * Weighted(outputs, labels)).MoveToOuterDisposeScope();
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
