using HnmStreams.Torch.Native;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Losses;

/// <summary>
/// log(1 + exp(-z)) for label 1, times its weight, and log(1 + exp(z)) for label 0, of one logit z an example; exact for
/// large |z|. The mean over a batch divides by its examples, not by their weights.
/// </summary>
public sealed class BinaryCrossEntropy : IExampleLoss
{
    private readonly double _positiveWeight;

    /// <param name="positiveWeight">Weight of label 1, above 0; label 0 weighs 1.</param>
    public BinaryCrossEntropy(double positiveWeight = 1)
    {
        if (!(positiveWeight > 0) || double.IsInfinity(positiveWeight))
            throw new ArgumentOutOfRangeException(nameof(positiveWeight), positiveWeight, "Above 0.");
        _positiveWeight = positiveWeight;
    }

    public Tensor PerExample(Tensor outputs, Tensor labels)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        ArgumentNullException.ThrowIfNull(labels);
        using var scope = NewDisposeScope();
        var positive = labels.to(outputs.dtype);
        var entropy = nn.functional.binary_cross_entropy_with_logits(outputs.squeeze(-1), positive, reduction: nn.Reduction.None);
        // Not multiplied where there is nothing to weigh, so that plain losses stay what they were to the last bit.
        return (_positiveWeight == 1 ? entropy : entropy * positive.mul(Constants.Of(_positiveWeight - 1)).add(Constants.One, Constants.One)).MoveToOuterDisposeScope();
    }
}
