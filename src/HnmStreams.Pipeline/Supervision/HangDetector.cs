using HnmStreams.Pipeline.Checkpointing.Crashes;
using Microsoft.Extensions.Logging;

namespace HnmStreams.Pipeline.Supervision;

/// <summary>A timer that detects and logs a call that does not return from native code. A thread cannot be aborted there, so the process has to be ended.</summary>
internal sealed partial class HangDetector : IDisposable
{
    private readonly NativeCallTracker _nativeCalls;
    private readonly TimeSpan _limit;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private readonly TaskCompletionSource<TimeSpan> _hung = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="limit">The time after which a call counts as hung; zero disables the detection.</param>
    public HangDetector(NativeCallTracker nativeCalls, TimeSpan limit, TimeProvider time, ILogger logger)
    {
        (_nativeCalls, _limit, _logger) = (nativeCalls, limit, logger);
        var interval = limit > TimeSpan.Zero ? limit / 8 : Timeout.InfiniteTimeSpan;
        _timer = time.CreateTimer(_ => Check(), null, interval, interval);
    }

    /// <summary>Completes with the duration of the first call that has exceeded the limit.</summary>
    public Task<TimeSpan> Hung => _hung.Task;

    public void Dispose() => _timer.Dispose();

    private void Check()
    {
        if (_nativeCalls.Longest is { } longest && longest.Duration > _limit && _hung.TrySetResult(longest.Duration))
            LogHung(longest.Duration, longest.Work);
    }

    [LoggerMessage(EventId = 321, Level = LogLevel.Critical, Message = "A call into native code has not returned for {Duration} ({Work}, pipeline.supervision.hangAfter).")]
    private partial void LogHung(TimeSpan duration, NativeWork work);
}
