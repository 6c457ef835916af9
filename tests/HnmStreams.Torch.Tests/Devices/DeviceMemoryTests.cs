using HnmStreams.Torch.Devices;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Tests.Devices;

public sealed class DeviceMemoryTests
{
    [Fact]
    public void Detects_the_error_of_an_exhausted_allocator()
    {
        // An exabyte. The allocator rejects it before it allocates anything.
        var error = Assert.ThrowsAny<Exception>(() => empty(1L << 60, ScalarType.Byte));
        Assert.True(DeviceMemory.IsExhausted(error), error.Message);
        Assert.True(DeviceMemory.IsExhausted(new InvalidOperationException("A step failed.", error)));
    }

    [Theory]
    [InlineData("CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 79.11 GiB of which 1.12 GiB is free.", true)]
    [InlineData("cuDNN error: CUDNN_STATUS_ALLOC_FAILED", true)]
    [InlineData("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`", true)]
    [InlineData("mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5)", false)]
    [InlineData("CUDA error: an illegal memory access was encountered", false)]
    public void Classifies_error_messages(string message, bool exhausted) =>
        Assert.Equal(exhausted, DeviceMemory.IsExhausted(new InvalidOperationException(message)));

    [Fact]
    public void Exhaustion_of_the_managed_heap_is_not_detected() => Assert.False(DeviceMemory.IsExhausted(new InsufficientMemoryException("out of memory")));
}
