using HnmStreams.Pipeline.Checkpointing.Crashes;
using HnmStreams.Pipeline.Supervision;

namespace HnmStreams.Pipeline.Tests.Supervision;

public sealed class NativeCallTrackerTests
{
    private readonly ManualClock _clock = new();

    [Fact]
    public void Reports_the_oldest_call_that_has_not_returned()
    {
        var calls = new NativeCallTracker(journal: null, workers: 2, _clock);
        var (first, second) = (calls.Rent(), calls.Rent());
        Assert.Null(calls.Longest);
        var oldest = calls.Begin(first, NativeWork.Training, []);
        _clock.Advance(TimeSpan.FromSeconds(3));
        using (calls.Begin(second, NativeWork.Scoring, []))
        {
            _clock.Advance(TimeSpan.FromSeconds(2));
            Assert.Equal((NativeWork.Training, TimeSpan.FromSeconds(5)), calls.Longest);
            oldest.Dispose();
            Assert.Equal((NativeWork.Scoring, TimeSpan.FromSeconds(2)), calls.Longest);
        }

        Assert.Null(calls.Longest);
    }

    [Fact]
    public void Reserves_each_worker_number_once_until_it_is_returned()
    {
        var calls = new NativeCallTracker(journal: null, workers: 2, _clock);
        var numbers = new[] { calls.Rent(), calls.Rent() };
        Assert.Equal([0, 1], numbers.Order());
        Assert.Contains("2 worker numbers", Assert.Throws<InvalidOperationException>(() => calls.Rent()).Message, StringComparison.Ordinal);
        calls.Return(numbers[0]);
        Assert.Equal(numbers[0], calls.Rent());
    }

    [Fact]
    public void Has_an_empty_plan_without_a_journal() =>
        Assert.True(new NativeCallTracker(journal: null, workers: 1, _clock).Plan.IsPlain);
}
