using static TorchSharp.torch;

namespace HnmStreams.Torch.Devices;

/// <summary>
/// How many threads torch may use for what the calling thread asks of it. The number belongs to the calling thread
/// (and the last one set is the default of threads that come later), so every thread that touches tensors sets its own.
/// </summary>
public static class ThreadCount
{
    [ThreadStatic]
    private static int t_count;

    /// <summary>Sets the number, once per thread and value: a few nanoseconds when it is set already.</summary>
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
