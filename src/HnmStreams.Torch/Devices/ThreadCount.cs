using static TorchSharp.torch;

namespace HnmStreams.Torch.Devices;

/// <summary>
/// The number of threads that torch may use for operations of the calling thread. The number belongs to the calling
/// thread (and the last one set is the default of threads that start later), so every thread that uses tensors sets
/// its own.
/// </summary>
public static class ThreadCount
{
    [ThreadStatic]
    private static int t_count;

    /// <summary>Sets the number of threads of the calling thread. Costs a few nanoseconds if it is set already.</summary>
    /// <param name="threads">1 or more.</param>
    public static void Ensure(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        if (t_count == threads)
            return;
        set_num_threads(threads);
        t_count = threads;
    }
}
