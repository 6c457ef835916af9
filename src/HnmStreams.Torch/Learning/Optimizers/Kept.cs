using static TorchSharp.torch;

namespace HnmStreams.Torch.Learning.Optimizers;

/// <summary>Dense views that live as long as the optimizer, outside of every dispose scope.</summary>
internal static class Kept
{
    /// <summary>A view of the tensor's own memory.</summary>
    public static DenseTensor Of(Tensor tensor)
    {
        var dense = DenseTensor.Of(tensor);
        dense.Tensor.DetachFromDisposeScope();
        dense.Flat.DetachFromDisposeScope();
        return dense;
    }

    /// <summary>Zeros with the shape, strides and device of <paramref name="like"/>.</summary>
    public static DenseTensor Zeros(Tensor like)
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
