using static TorchSharp.torch;

namespace HnmStreams.Torch.Losses;

/// <summary>
/// log(1 + exp(x)), exact for large |x|: as -log sigmoid(-x), since TorchSharp's own softplus makes numbers that the
/// collector may free while they are read (<see cref="Native.Constants"/>).
/// </summary>
internal static class Softplus
{
    /// <summary>Of each element; differentiable, in the caller's dispose scope.</summary>
    public static Tensor Of(Tensor x) => nn.functional.logsigmoid(x.neg()).neg();
}
