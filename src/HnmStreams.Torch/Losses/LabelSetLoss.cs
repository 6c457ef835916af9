using static TorchSharp.torch;

namespace HnmStreams.Torch.Losses;

/// <summary>
/// The loss of examples with any number of labels: the sum over the labels of a loss on one logit, which asks if the label applies. It is the negative log-likelihood of
/// the whole set if the loss on one logit is the cross-entropy and labels are independent given the input.
/// </summary>
public sealed class LabelSetLoss : IExampleLoss
{
    private readonly IExampleLoss _perLabel;
    private readonly float[] _weights;

    /// <param name="perLabel">A loss on one logit per row and labels 1 or 0.</param>
    /// <param name="weights">The weight of each label, above 0; empty gives all labels the weight 1.</param>
    public LabelSetLoss(IExampleLoss perLabel, IReadOnlyList<float>? weights = null)
    {
        ArgumentNullException.ThrowIfNull(perLabel);
        foreach (var weight in weights ?? [])
        {
            if (!(weight > 0) || float.IsInfinity(weight))
                throw new ArgumentOutOfRangeException(nameof(weights), weight, "The weight of a label must be above 0.");
        }

        (_perLabel, _weights) = (perLabel, [.. weights ?? []]);
    }

    /// <inheritdoc/>
    /// <param name="labels">int64, [n, width]: 1 if the label applies, else 0.</param>
    public Tensor PerExample(Tensor outputs, Tensor labels)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        ArgumentNullException.ThrowIfNull(labels);
        using var scope = NewDisposeScope();
        var losses = _perLabel.PerExample(outputs.reshape(-1, 1), labels.reshape(-1)).view(outputs.shape);
        if (_weights.Length > 0)
            losses = losses.mul(tensor(_weights, dtype: outputs.dtype, device: outputs.device));
        return losses.sum(1).MoveToOuterDisposeScope();
    }
}
