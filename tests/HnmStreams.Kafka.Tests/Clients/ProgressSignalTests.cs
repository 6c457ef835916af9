using HnmStreams.Kafka.Clients;

namespace HnmStreams.Kafka.Tests.Clients;

public sealed class ProgressSignalTests
{
    [Fact]
    public void A_pulse_completes_the_tasks_taken_before_it_and_no_later_ones()
    {
        var signal = new ProgressSignal();
        signal.Pulse();
        var (first, same) = (signal.Next, signal.Next);
        Assert.Same(first, same);
        Assert.False(first.IsCompleted);

        signal.Pulse();

        Assert.True(first.IsCompletedSuccessfully);
        Assert.False(signal.Next.IsCompleted);
    }

    [Fact(Timeout = 60_000)]
    public async Task Misses_no_change_between_taking_the_task_and_checking_the_condition()
    {
        var signal = new ProgressSignal();
        var seen = 0;
        var counted = 0;
        var counting = Task.Run(
            () =>
            {
                for (var i = 0; i < 100_000; i++)
                {
                    Interlocked.Increment(ref counted);
                    signal.Pulse();
                }
            },
            TestContext.Current.CancellationToken);

        while (seen < 100_000)
        {
            var next = signal.Next;
            seen = Volatile.Read(ref counted);
            if (seen < 100_000)
                await next.WaitAsync(TestContext.Current.CancellationToken);
        }

        await counting;
        Assert.Equal(100_000, seen);
    }
}
