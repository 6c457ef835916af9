using HnmStreams.Torch.Native;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Networks.EmbeddingBags;

/// <summary>
/// A batch of sparse rows in the form that an embedding bag takes. As one tensor a batch is float32, [n, longest, 2]:
/// the bucket and the weight of each feature; 0, 0 pads shorter rows. float32 is exact for bucket numbers below 2^24.
/// </summary>
/// <param name="Buckets">int64, [features of all rows], row after row.</param>
/// <param name="Offsets">int64, [n]: the index of each row's first feature.</param>
/// <param name="Weights">float32, one per bucket in <paramref name="Buckets"/>.</param>
public readonly record struct HashedFeatures(Tensor Buckets, Tensor Offsets, Tensor Weights)
{
    /// <summary>Converts a padded batch. The tensors are new ones in the caller's dispose scope.</summary>
    /// <param name="input">[n, longest, 2]; the weight of a feature is not 0.</param>
    public static HashedFeatures Of(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        using var scope = NewDisposeScope();
        var isPresent = input.select(2, 1).ne(Constants.Zero);
        var counts = isPresent.sum(1);
        var features = input.masked_select(isPresent.unsqueeze(2)).view(-1, 2);
        return new HashedFeatures(
            features.select(1, 0).to(ScalarType.Int64).MoveToOuterDisposeScope(),
            (counts.cumsum(0) - counts).MoveToOuterDisposeScope(),
            features.select(1, 1).contiguous().MoveToOuterDisposeScope());
    }
}
