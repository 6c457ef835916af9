using static TorchSharp.torch;

namespace HnmStreams.Torch.Learning.Optimizers;

/// <summary>Dense tensors that belong to the optimizer and to no dispose scope.</summary>
internal static class PersistentTensor
{
    /// <summary>Returns a view of the tensor's memory.</summary>
    public static DenseTensor Of(Tensor tensor)
    {
        var dense = DenseTensor.Of(tensor);
        dense.Tensor.DetachFromDisposeScope();
        dense.Flat.DetachFromDisposeScope();
        return dense;
    }

    /// <summary>Returns zeros with the shape, strides and device of <paramref name="like"/>.</summary>
    public static DenseTensor ZerosLike(Tensor like)
    {
        using var guard = no_grad();
        return Of(empty_strided(like.shape, like.stride(), ScalarType.Float32, like.device).zero_());
    }

    public static void Dispose(DenseTensor dense)
    {
        dense.Flat.Dispose();
        dense.Tensor.Dispose();
    }
}
