namespace HnmStreams.Torch.Devices;

/// <summary>Tells a device that has no memory left from every other failure of native code: the same work in smaller pieces may fit.</summary>
/// <remarks>TorchSharp gives all of libtorch's errors one type, so their words decide: those of its allocators, CUDA's, cuDNN's and cuBLAS's.</remarks>
public static class DeviceMemory
{
    private static readonly string[] Words =
    [
        "out of memory", "DefaultCPUAllocator: can't allocate memory", "DefaultCPUAllocator: not enough memory", "CUDNN_STATUS_ALLOC_FAILED", "CUBLAS_STATUS_ALLOC_FAILED",
    ];

    /// <summary>Whether this error, or one beneath it, says that memory was not to be had.</summary>
    public static bool IsExhausted(Exception? error)
    {
        for (; error is not null; error = error.InnerException)
        {
            // .NET's own says that of the heap, which smaller tensors would not help.
            if (error is not System.OutOfMemoryException && Array.Exists(Words, word => error.Message.Contains(word, StringComparison.OrdinalIgnoreCase)))
                return true;
        }

        return false;
    }
}
