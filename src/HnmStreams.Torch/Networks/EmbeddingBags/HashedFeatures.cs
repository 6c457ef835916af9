using HnmStreams.Torch.Native;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Networks.EmbeddingBags;

/// <summary>
/// A batch of sparse rows, as bags that an embedding takes. In one tensor a batch is float32, [n, longest, 2]: for each
/// feature the bucket's number and its weight; what is left of a shorter row is 0, 0. Floats hold bucket numbers below 2^24.
/// </summary>
/// <param name="Buckets">int64, [features of all rows], row behind row.</param>
/// <param name="Offsets">int64, [n]: where each row begins.</param>
/// <param name="Weights">float32, as many as buckets.</param>
public readonly record struct HashedFeatures(Tensor Buckets, Tensor Offsets, Tensor Weights)
{
    /// <summary>Leaves out the filling. The tensors are new ones, in the caller's dispose scope.</summary>
    /// <param name="input">[n, longest, 2]; a feature's weight is not 0.</param>
    public static HashedFeatures Of(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        using var scope = NewDisposeScope();
        var there = input.select(2, 1).ne(Constants.Zero);
        var counts = there.sum(1);
        var features = input.masked_select(there.unsqueeze(2)).view(-1, 2);
        return new HashedFeatures(
            features.select(1, 0).to(ScalarType.Int64).MoveToOuterDisposeScope(),
            (counts.cumsum(0) - counts).MoveToOuterDisposeScope(),
            features.select(1, 1).contiguous().MoveToOuterDisposeScope());
    }
}
