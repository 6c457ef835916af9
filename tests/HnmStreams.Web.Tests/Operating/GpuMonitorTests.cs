using System.ComponentModel;
using HnmStreams.Web.Operating;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace HnmStreams.Web.Tests.Operating;

public sealed class GpuMonitorTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void The_output_has_a_line_per_gpu_in_mebibytes() => Assert.Equal(
        [new GpuMemory(0, "NVIDIA H200", 1_024L * 1024 * 1024, 143_771L * 1024 * 1024), new GpuMemory(1, "Tesla, rev 2", 0, 15_360L * 1024 * 1024)],
        GpuMemory.Parse("0, NVIDIA H200, 1024, 143771\n1, Tesla, rev 2, 0, 15360\r\n"));

    [Theory]
    [InlineData("")]
    [InlineData("No devices were found")]
    [InlineData("0, NVIDIA GB10, [N/A], [N/A]")]
    [InlineData("0, 1, 2")]
    [InlineData("x, NVIDIA H200, 1, 2")]
    public void Lines_without_memory_are_skipped(string output) => Assert.Empty(GpuMemory.Parse(output));

    [Fact(Timeout = 60_000)]
    public async Task A_reading_is_repeated_after_the_interval_and_only_for_a_cuda_device()
    {
        var readings = 0;
        var monitor = new GpuMonitor(
            _ => Task.FromResult($"0, GPU, {Interlocked.Increment(ref readings)}, 10"), _time, NullLogger<GpuMonitor>.Instance);
        Assert.Empty(monitor.Latest("cpu"));
        Assert.Empty(monitor.Latest(null));
        await UntilAsync(() => monitor.Latest("cuda:0") is [{ UsedBytes: 1024 * 1024 }]);
        Assert.Equal(1, readings);
        _time.Advance(GpuMonitor.Interval);
        await UntilAsync(() => monitor.Latest("cuda:0") is [{ UsedBytes: 2 * 1024 * 1024 }]);
        Assert.Equal(2, readings);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_program_that_does_not_exist_is_not_tried_again()
    {
        var tries = new TaskCompletionSource();
        var count = 0;
        var monitor = new GpuMonitor(
            _ =>
            {
                Interlocked.Increment(ref count);
                tries.TrySetResult();
                throw new Win32Exception(2);
            },
            _time,
            NullLogger<GpuMonitor>.Instance);
        Assert.Empty(monitor.Latest("cuda:0"));
        await tries.Task.WaitAsync(TestContext.Current.CancellationToken);
        for (var i = 0; i < 3; i++)
        {
            _time.Advance(GpuMonitor.Interval);
            Assert.Empty(monitor.Latest("cuda:0"));
        }

        Assert.Equal(1, count);
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        while (!holds())
            await Task.Delay(10, TestContext.Current.CancellationToken);
    }
}
