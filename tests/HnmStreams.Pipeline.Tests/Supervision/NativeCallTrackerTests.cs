using HnmStreams.Pipeline.Checkpointing.Crashes;
using HnmStreams.Pipeline.Supervision;

namespace HnmStreams.Pipeline.Tests.Supervision;

public sealed class NativeCallTrackerTests
{
    private readonly ManualClock _clock = new();

    [Fact]
    public void Reports_the_oldest_call_that_has_not_returned()
    {
        var watch = new NativeCallTracker(journal: null, workers: 2, _clock);
        var (first, second) = (watch.Rent(), watch.Rent());
        Assert.Null(watch.Longest);
        var oldest = watch.Begin(first, NativeWork.Training, []);
        _clock.Advance(TimeSpan.FromSeconds(3));
        using (watch.Begin(second, NativeWork.Scoring, []))
        {
            _clock.Advance(TimeSpan.FromSeconds(2));
            Assert.Equal((NativeWork.Training, TimeSpan.FromSeconds(5)), watch.Longest);
            oldest.Dispose();
            Assert.Equal((NativeWork.Scoring, TimeSpan.FromSeconds(2)), watch.Longest);
        }

        Assert.Null(watch.Longest);
    }

    [Fact]
    public void Reserves_each_worker_number_once_until_it_is_returned()
    {
        var watch = new NativeCallTracker(journal: null, workers: 2, _clock);
        var numbers = new[] { watch.Rent(), watch.Rent() };
        Assert.Equal([0, 1], numbers.Order());
        Assert.Contains("2 worker numbers", Assert.Throws<InvalidOperationException>(() => watch.Rent()).Message, StringComparison.Ordinal);
        watch.Return(numbers[0]);
        Assert.Equal(numbers[0], watch.Rent());
    }

    [Fact]
    public void Has_an_empty_plan_without_a_journal() =>
        Assert.True(new NativeCallTracker(journal: null, workers: 1, _clock).Plan.IsPlain);
}
