using HnmStreams.Torch.Devices;
using HnmStreams.Torch.Native;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Tests.Devices;

public sealed class ThreadCountTests
{
    [Fact]
    public void Each_thread_has_its_own_count()
    {
        TorchLibrary.EnsureLoaded();
        var seen = new int[2];
        foreach (var threads in new[] { 2, 1 })
        {
            var thread = new Thread(() =>
            {
                ThreadCount.Ensure(threads);
                seen[threads - 1] = get_num_threads();
            });
            thread.Start();
            thread.Join();
        }

        Assert.Equal([1, 2], seen);
    }

    [Fact]
    public void Rejects_a_count_of_0() => Assert.Throws<ArgumentOutOfRangeException>(() => ThreadCount.Ensure(0));
}
