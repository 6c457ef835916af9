using static TorchSharp.torch;

namespace HnmStreams.Torch.Losses;

/// <summary>A loss with one value per example. Implementations are immutable and thread-safe.</summary>
public interface IExampleLoss
{
    /// <summary>Returns the loss of each example, [n], without weights or mean; differentiable in the outputs.</summary>
    /// <param name="outputs">Logits, [n, width].</param>
    /// <param name="labels">int64, [n], on the same device.</param>
    Tensor PerExample(Tensor outputs, Tensor labels);
}
