using HnmStreams.Pipeline.Compute;

namespace HnmStreams.Pipeline.Tests.Compute;

public sealed class AdaptiveBatchSizeTests
{
    private static readonly Exception OutOfMemory = new InvalidOperationException("CUDA out of memory. Tried to allocate 2.00 GiB");

    [Fact]
    public void Halves_down_to_a_single_row_while_the_device_is_out_of_memory()
    {
        var size = new AdaptiveBatchSize("test");
        var limits = new List<int>();
        for (var rows = 100; size.TryHalve(rows, OutOfMemory); rows = size.MaxRows)
            limits.Add(size.MaxRows);
        Assert.Equal([50, 25, 12, 6, 3, 1], limits);
    }

    [Fact]
    public void Keeps_the_limit_after_another_error()
    {
        var size = new AdaptiveBatchSize("test");
        Assert.False(size.TryHalve(100, new InvalidOperationException("shape mismatch")));
        Assert.Equal(int.MaxValue, size.MaxRows);
    }
}
