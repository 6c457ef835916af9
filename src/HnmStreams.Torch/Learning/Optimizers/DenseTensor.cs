using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Learning.Optimizers;

/// <summary>
/// A float32 tensor whose elements fill their memory without gaps, in any order of dimensions, seen as a flat span of
/// floats. TorchSharp's own access to memory refuses channels-last strides.
/// </summary>
internal readonly struct DenseTensor
{
    private readonly nint _address;
    private readonly int _count;

    private DenseTensor(Tensor tensor, Tensor flat)
    {
        Tensor = tensor;
        Flat = flat;
        _count = checked((int)flat.NumberOfElements);
        if (flat.device_type == DeviceType.CPU && _count > 0)
        {
            unsafe
            {
                _address = (nint)System.Runtime.CompilerServices.Unsafe.AsPointer(ref MemoryMarshal.GetReference(flat.bytes));
            }
        }
    }

    public Tensor Tensor { get; }

    /// <summary>The same memory, one-dimensional.</summary>
    public Tensor Flat { get; }

    /// <summary>The elements in memory order; host memory only, valid while the tensor exists.</summary>
    public unsafe Span<float> Values => new((void*)_address, _count);

    /// <summary>Returns a view of a tensor without gaps. It belongs to the caller's dispose scope.</summary>
    public static DenseTensor Of(Tensor tensor)
    {
        using var guard = no_grad();
        return new DenseTensor(tensor, tensor.as_strided([tensor.NumberOfElements], [1], tensor.storage_offset()));
    }

    /// <summary>Returns a view of <paramref name="tensor"/>, or of a copy of it if its memory order is not that of <paramref name="like"/>.</summary>
    public static DenseTensor InOrderOf(Tensor tensor, Tensor like)
    {
        if (SameOrder(tensor, like))
            return Of(tensor);
        using var guard = no_grad();
        var copy = empty_strided(like.shape, like.stride(), ScalarType.Float32, like.device);
        copy.copy_(tensor);
        return Of(copy);
    }

    // A dimension of size 1 may have any stride.
    private static bool SameOrder(Tensor a, Tensor b)
    {
        var (shape, x, y) = (a.shape, a.stride(), b.stride());
        for (var i = 0; i < shape.Length; i++)
        {
            if (shape[i] > 1 && x[i] != y[i])
                return false;
        }

        return true;
    }
}
