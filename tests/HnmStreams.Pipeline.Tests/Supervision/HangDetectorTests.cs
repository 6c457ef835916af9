using HnmStreams.Pipeline.Checkpointing.Crashes;
using HnmStreams.Pipeline.Supervision;
using HnmStreams.Pipeline.Tests.Fixtures;

namespace HnmStreams.Pipeline.Tests.Supervision;

public sealed class HangDetectorTests : IDisposable
{
    private readonly ManualClock _clock = new();
    private readonly LogLines _log = new();

    public void Dispose() => _log.Dispose();

    [Fact(Timeout = 30_000)]
    public async Task Reports_a_call_once_after_it_exceeds_the_limit()
    {
        var calls = new NativeCallTracker(journal: null, workers: 1, _clock);
        using var detector = new HangDetector(calls, TimeSpan.FromSeconds(8), _clock, _log);
        using var call = calls.Begin(calls.Rent(), NativeWork.Scoring, []);
        _clock.Advance(TimeSpan.FromSeconds(8));
        Assert.False(detector.Hung.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(1));
        _clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(TimeSpan.FromSeconds(9), await detector.Hung);
        Assert.Equal(["A call into native code has not returned for 00:00:09 (Scoring, pipeline.supervision.hangAfter)."], _log.All);
    }

    [Fact]
    public void Does_not_report_calls_that_return_in_time()
    {
        var calls = new NativeCallTracker(journal: null, workers: 1, _clock);
        using var detector = new HangDetector(calls, TimeSpan.FromSeconds(8), _clock, _log);
        var worker = calls.Rent();
        for (var i = 0; i < 10; i++)
        {
            using (calls.Begin(worker, NativeWork.Training, []))
                _clock.Advance(TimeSpan.FromSeconds(7));
        }

        Assert.False(detector.Hung.IsCompleted);
    }

    [Fact]
    public void Reports_nothing_with_a_limit_of_zero()
    {
        var calls = new NativeCallTracker(journal: null, workers: 1, _clock);
        using var detector = new HangDetector(calls, TimeSpan.Zero, _clock, _log);
        using var call = calls.Begin(calls.Rent(), NativeWork.Scoring, []);
        _clock.Advance(TimeSpan.FromDays(1));
        Assert.False(detector.Hung.IsCompleted);
    }
}
