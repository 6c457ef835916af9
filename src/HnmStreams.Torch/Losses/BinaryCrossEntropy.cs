using HnmStreams.Torch.Native;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Losses;

/// <summary>
/// Binary cross-entropy of one logit z per example: log(1 + exp(-z)) for label 1, times its weight, and log(1 +
/// exp(z)) for label 0; exact for large |z|. The mean over a batch divides by the number of examples, not by the sum
/// of weights.
/// </summary>
public sealed class BinaryCrossEntropy : IExampleLoss
{
    private readonly double _positiveWeight;

    /// <param name="positiveWeight">The weight of label 1, above 0; label 0 has the weight 1.</param>
    public BinaryCrossEntropy(double positiveWeight = 1)
    {
        if (!(positiveWeight > 0) || double.IsInfinity(positiveWeight))
            throw new ArgumentOutOfRangeException(nameof(positiveWeight), positiveWeight, "The weight must be above 0.");
        _positiveWeight = positiveWeight;
    }

    public Tensor PerExample(Tensor outputs, Tensor labels)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        ArgumentNullException.ThrowIfNull(labels);
        using var scope = NewDisposeScope();
        var positive = labels.to(outputs.dtype);
        var entropy = nn.functional.binary_cross_entropy_with_logits(outputs.squeeze(-1), positive, reduction: nn.Reduction.None);
        // The weight 1 multiplies nothing, so that unweighted losses keep their exact bits.
        return (_positiveWeight == 1 ? entropy : entropy * positive.mul(Constants.Of(_positiveWeight - 1)).add(Constants.One, Constants.One)).MoveToOuterDisposeScope();
    }
}
