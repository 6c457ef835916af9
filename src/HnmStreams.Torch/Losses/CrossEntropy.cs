using static TorchSharp.torch;

namespace HnmStreams.Torch.Losses;

/// <summary>-log softmax(z)[label], of one logit a class.</summary>
public sealed class CrossEntropy : IExampleLoss
{
    public Tensor PerExample(Tensor outputs, Tensor labels) =>
        nn.functional.cross_entropy(outputs, labels, reduction: nn.Reduction.None);
}
