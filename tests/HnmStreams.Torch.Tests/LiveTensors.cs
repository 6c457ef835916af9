using static TorchSharp.torch;

namespace HnmStreams.Torch.Tests;

/// <summary>
/// The process's native tensors, counted so that other tests cannot disturb the count: a tensor that one of them left
/// to the collector may be finalized at any time, which lowers <see cref="Tensor.TotalCount"/> in the middle of a measurement.
/// </summary>
internal static class LiveTensors
{
    /// <summary>How many are alive, with the leavings of earlier tests finalized.</summary>
    public static long Settled()
    {
        // Twice: a finalizer may be what lets go of the next one.
        for (var i = 0; i < 2; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        return Tensor.TotalCount;
    }

    /// <summary>Fails where more than <paramref name="added"/> are alive beyond what <see cref="Settled"/> gave; fewer are the collector's doing.</summary>
    public static void AssertAtMost(long before, int added = 0) => Assert.InRange(Tensor.TotalCount, 0, before + added);
}
