using Xunit;
using static TorchSharp.torch;

namespace HnmStreams.Testing.Tensors;

/// <summary>
/// The number of native tensors of the process, measured without the effects of earlier tests: the garbage collector may
/// finalize a tensor of an earlier test at any time, which lowers <see cref="Tensor.TotalCount"/> during a
/// measurement.
/// </summary>
public static class LiveTensors
{
    /// <summary>Returns the number of live tensors after finalizing those of earlier tests.</summary>
    public static long Settled()
    {
        // Twice, because a finalizer may release the next object.
        for (var i = 0; i < 2; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        return Tensor.TotalCount;
    }

    /// <summary>
    /// Fails if more than <paramref name="added"/> tensors are alive beyond the result of <see cref="Settled"/>.
    /// Fewer may be alive, because the collector may have freed some.
    /// </summary>
    public static void AssertAtMost(long before, int added = 0) => Assert.InRange(Tensor.TotalCount, 0, before + added);
}
