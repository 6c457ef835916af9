using static TorchSharp.torch;

namespace HnmStreams.Torch.Losses;

/// <summary>
/// log(1 + exp(x)), exact for large |x|. It is computed as -log sigmoid(-x), because TorchSharp's own softplus
/// creates numbers that the collector may free while they are read (<see cref="Native.Constants"/>).
/// </summary>
internal static class Softplus
{
    /// <summary>Returns the softplus of each element, differentiable, in the caller's dispose scope.</summary>
    public static Tensor Of(Tensor x) => nn.functional.logsigmoid(x.neg()).neg();
}
