using HnmStreams.Torch.Native;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Losses;

/// <summary>
/// Focal loss of one logit per example: alpha_t (1 - p_t)^gamma times the binary cross-entropy, so that easy examples
/// weigh little (Lin et al., Focal Loss for Dense Object Detection, arXiv 1708.02002, equation 5).
/// </summary>
public sealed class Focal : IExampleLoss
{
    private readonly double _alpha;
    private readonly double _gamma;

    /// <param name="alpha">The weight of label 1, 0 to 1; label 0 has the weight 1 - alpha.</param>
    /// <param name="gamma">The focusing exponent, 0 or more; 0 is weighted cross-entropy.</param>
    public Focal(double alpha, double gamma)
    {
        if (!(alpha is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(alpha), alpha, "Alpha must be from 0 to 1.");
        if (!(gamma >= 0) || double.IsInfinity(gamma))
            throw new ArgumentOutOfRangeException(nameof(gamma), gamma, "Gamma must be 0 or more.");
        (_alpha, _gamma) = (alpha, gamma);
    }

    public Tensor PerExample(Tensor outputs, Tensor labels)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        ArgumentNullException.ThrowIfNull(labels);
        using var scope = NewDisposeScope();
        var logits = outputs.squeeze(-1);
        var positive = labels.to(outputs.dtype);
        var entropy = nn.functional.binary_cross_entropy_with_logits(logits, positive, reduction: nn.Reduction.None);
        // 1 - p_t = sigmoid(-z) for label 1 and sigmoid(z) for label 0; in this form it keeps its precision near 0.
        var sign = positive.mul(Constants.Two).neg().add(Constants.One, Constants.One);
        var missing = nn.functional.logsigmoid(logits * sign).mul(Constants.Of(_gamma)).exp();
        var alpha = positive.mul(Constants.Of((2 * _alpha) - 1)).add(Constants.Of(1 - _alpha), Constants.One);
        return (alpha * missing * entropy).MoveToOuterDisposeScope();
    }
}
