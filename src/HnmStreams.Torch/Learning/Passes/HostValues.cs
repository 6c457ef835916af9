using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Learning.Passes;

/// <summary>The numbers of a float32 tensor in host memory.</summary>
internal static class HostValues
{
    /// <param name="values">The numbers, row-major, valid as long as the caller's dispose scope.</param>
    public static void Read(Tensor tensor, out ReadOnlySpan<float> values) =>
        values = MemoryMarshal.Cast<byte, float>(tensor.detach().cpu().contiguous().bytes);
}
