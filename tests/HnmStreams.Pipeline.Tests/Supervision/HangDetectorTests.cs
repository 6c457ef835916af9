using HnmStreams.Pipeline.Checkpointing.Crashes;
using HnmStreams.Pipeline.Supervision;

namespace HnmStreams.Pipeline.Tests.Supervision;

public sealed class HangDetectorTests
{
    private readonly ManualClock _clock = new();
    private readonly List<(NativeWork Work, TimeSpan Duration)> _reports = [];

    [Fact]
    public void Reports_a_call_once_after_it_exceeds_the_limit()
    {
        var calls = new NativeCallTracker(journal: null, workers: 1, _clock);
        using var detector = new HangDetector(calls, TimeSpan.FromSeconds(8), (work, duration) => _reports.Add((work, duration)), _clock);
        using var call = calls.Begin(calls.Rent(), NativeWork.Scoring, []);
        _clock.Advance(TimeSpan.FromSeconds(8));
        Assert.Empty(_reports);
        _clock.Advance(TimeSpan.FromSeconds(1));
        _clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal([(NativeWork.Scoring, TimeSpan.FromSeconds(9))], _reports);
    }

    [Fact]
    public void Does_not_report_calls_that_return_in_time()
    {
        var calls = new NativeCallTracker(journal: null, workers: 1, _clock);
        using var detector = new HangDetector(calls, TimeSpan.FromSeconds(8), (work, duration) => _reports.Add((work, duration)), _clock);
        var worker = calls.Rent();
        for (var i = 0; i < 10; i++)
        {
            using (calls.Begin(worker, NativeWork.Training, []))
                _clock.Advance(TimeSpan.FromSeconds(7));
        }

        Assert.Empty(_reports);
    }

    [Fact]
    public void Reports_nothing_with_a_limit_of_zero()
    {
        var calls = new NativeCallTracker(journal: null, workers: 1, _clock);
        using var detector = new HangDetector(calls, TimeSpan.Zero, (work, duration) => _reports.Add((work, duration)), _clock);
        using var call = calls.Begin(calls.Rent(), NativeWork.Scoring, []);
        _clock.Advance(TimeSpan.FromDays(1));
        Assert.Empty(_reports);
    }
}
