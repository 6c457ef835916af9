using static TorchSharp.torch;

namespace HnmStreams.Torch.Losses;

/// <summary>log(1 + exp(-z)) for label 1 and log(1 + exp(z)) for label 0, of one logit z an example; exact for large |z|.</summary>
public sealed class BinaryCrossEntropy : IExampleLoss
{
    public Tensor PerExample(Tensor outputs, Tensor labels)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        ArgumentNullException.ThrowIfNull(labels);
        using var scope = NewDisposeScope();
        return nn.functional
            .binary_cross_entropy_with_logits(outputs.squeeze(-1), labels.to(outputs.dtype), reduction: nn.Reduction.None)
            .MoveToOuterDisposeScope();
    }
}
