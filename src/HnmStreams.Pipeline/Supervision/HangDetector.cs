using HnmStreams.Pipeline.Checkpointing.Crashes;

namespace HnmStreams.Pipeline.Supervision;

/// <summary>A timer that detects a call that does not return from native code. A thread cannot be aborted there, so the callback has to end the process.</summary>
internal sealed class HangDetector : IDisposable
{
    private readonly ITimer _timer;
    private int _reported;

    /// <param name="limit">The time after which a call counts as hung; zero disables the detection.</param>
    /// <param name="hung">Called once, with the kind and the duration of the call.</param>
    public HangDetector(NativeCallTracker nativeCalls, TimeSpan limit, Action<NativeWork, TimeSpan> hung, TimeProvider time)
    {
        var interval = limit > TimeSpan.Zero ? limit / 8 : Timeout.InfiniteTimeSpan;
        _timer = time.CreateTimer(_ => Check(nativeCalls, limit, hung), null, interval, interval);
    }

    public void Dispose() => _timer.Dispose();

    private void Check(NativeCallTracker nativeCalls, TimeSpan limit, Action<NativeWork, TimeSpan> hung)
    {
        if (nativeCalls.Longest is { } longest && longest.Duration > limit && Interlocked.Exchange(ref _reported, 1) == 0)
            hung(longest.Work, longest.Duration);
    }
}
