namespace HnmStreams.Torch.Devices;

/// <summary>Detects errors of native code that mean that a device has no memory left. The same work in smaller batches may then succeed.</summary>
/// <remarks>
/// TorchSharp reports all of libtorch's errors with one type, so the message decides: the messages of its allocators
/// and of CUDA, cuDNN and cuBLAS.
/// </remarks>
public static class DeviceMemory
{
    private static readonly string[] Phrases =
    [
        "out of memory", "DefaultCPUAllocator: can't allocate memory", "DefaultCPUAllocator: not enough memory", "CUDNN_STATUS_ALLOC_FAILED", "CUBLAS_STATUS_ALLOC_FAILED",
    ];

    /// <summary>Returns true if this exception, or one of its inner exceptions, reports exhausted memory.</summary>
    public static bool IsExhausted(Exception? error)
    {
        for (; error is not null; error = error.InnerException)
        {
            // .NET's own exception concerns the managed heap, which smaller tensors would not relieve.
            if (error is not System.OutOfMemoryException && Array.Exists(Phrases, phrase => error.Message.Contains(phrase, StringComparison.OrdinalIgnoreCase)))
                return true;
        }

        return false;
    }
}
