using HnmStreams.Pipeline.Compute;

namespace HnmStreams.Pipeline.Tests.Compute;

public sealed class ComputeLanesTests
{
    [Theory(Timeout = 60_000)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Never_admits_more_computations_than_lanes(int count)
    {
        var lanes = new ComputeLanes(count);
        var inside = 0;
        var highest = 0;
        var workers = Enumerable.Range(0, 8).Select(worker => Task.Factory.StartNew(
            () =>
            {
                for (var i = 0; i < 2_000; i++)
                {
                    using (lanes.Enter(training: worker == 0))
                    {
                        var now = Interlocked.Increment(ref inside);
                        for (var seen = Volatile.Read(ref highest); now > seen; seen = Volatile.Read(ref highest))
                            Interlocked.CompareExchange(ref highest, now, seen);
                        Interlocked.Decrement(ref inside);
                    }
                }
            },
            TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default));
        await Task.WhenAll(workers).WaitAsync(TestContext.Current.CancellationToken);
        Assert.InRange(highest, 1, count);
    }

    [Fact(Timeout = 60_000)]
    public async Task Training_has_priority_over_scorers_that_waited_longer()
    {
        var lanes = new ComputeLanes(1);
        var order = new List<string>();
        var turn = lanes.Enter();
        var scorer = Start(() => Enter("score", false));
        WaitUntilBlocked(scorer.Thread);
        var trainer = Start(() => Enter("train", true));
        WaitUntilBlocked(trainer.Thread);
        turn.Dispose();
        await scorer.Done.WaitAsync(TestContext.Current.CancellationToken);
        await trainer.Done.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["train", "score"], order);

        void Enter(string name, bool training)
        {
            using (lanes.Enter(training))
                order.Add(name);
        }
    }

    private static (Thread Thread, Task Done) Start(Action body)
    {
        var done = new TaskCompletionSource();
        var thread = new Thread(() =>
        {
            body();
            done.SetResult();
        })
        { IsBackground = true };
        thread.Start();
        return (thread, done.Task);
    }

    // The state of the thread changes to WaitSleepJoin when it blocks in Monitor.Wait.
    private static void WaitUntilBlocked(Thread thread) =>
        Assert.True(SpinWait.SpinUntil(() => thread.ThreadState.HasFlag(ThreadState.WaitSleepJoin), TimeSpan.FromSeconds(30)));
}
