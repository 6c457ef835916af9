using HnmStreams.Host.Compare;

namespace HnmStreams.Host.Tests.Compare;

public sealed class ProcessorTimeProviderTests
{
    [Fact(Timeout = 600_000)]
    public async Task Timestamps_count_the_processor_time_of_the_process()
    {
        var time = new ProcessorTimeProvider();
        var before = Environment.CpuUsage.TotalTime;
        var start = time.GetTimestamp();
        while (time.GetElapsedTime(start) < TimeSpan.FromMilliseconds(20))
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        Assert.InRange(time.GetElapsedTime(start), TimeSpan.FromMilliseconds(20), Environment.CpuUsage.TotalTime - before);
    }

    [Fact]
    public void Dates_are_those_of_the_system() =>
        Assert.InRange(new ProcessorTimeProvider().GetUtcNow(), TimeProvider.System.GetUtcNow().AddMinutes(-10), TimeProvider.System.GetUtcNow());
}
