using static TorchSharp.torch;

namespace HnmStreams.Torch.Losses;

/// <summary>
/// -log softmax(z)[label], of one logit a class, times the weight of the class. The mean over a batch divides by its
/// examples, not by their weights.
/// </summary>
public sealed class CrossEntropy : IExampleLoss
{
    private readonly float[] _weights;

    /// <param name="weights">One for each class, above 0; empty: all weigh 1.</param>
    public CrossEntropy(IReadOnlyList<float>? weights = null)
    {
        foreach (var weight in weights ?? [])
        {
            if (!(weight > 0) || float.IsInfinity(weight))
                throw new ArgumentOutOfRangeException(nameof(weights), weight, "Above 0.");
        }

        _weights = [.. weights ?? []];
    }

    public Tensor PerExample(Tensor outputs, Tensor labels)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        if (_weights.Length == 0)
            return nn.functional.cross_entropy(outputs, labels, reduction: nn.Reduction.None);
        using var scope = NewDisposeScope();
        var weights = tensor(_weights, dtype: outputs.dtype, device: outputs.device);
        return nn.functional.cross_entropy(outputs, labels, weight: weights, reduction: nn.Reduction.None).MoveToOuterDisposeScope();
    }
}
