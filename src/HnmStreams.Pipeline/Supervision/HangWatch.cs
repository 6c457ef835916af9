namespace HnmStreams.Pipeline.Supervision;

/// <summary>Looks for a call that never comes back from native code. No thread can be taken from there: whoever hears of it ends the process.</summary>
internal sealed class HangWatch : IDisposable
{
    private readonly ITimer _timer;
    private int _told;

    /// <param name="limit">Zero watches nothing.</param>
    /// <param name="hung">Called once, with how long it has been.</param>
    public HangWatch(NativeCallWatch watch, TimeSpan limit, Action<TimeSpan> hung, TimeProvider time)
    {
        var every = limit > TimeSpan.Zero ? limit / 8 : Timeout.InfiniteTimeSpan;
        _timer = time.CreateTimer(_ => Look(watch, limit, hung), null, every, every);
    }

    public void Dispose() => _timer.Dispose();

    private void Look(NativeCallWatch watch, TimeSpan limit, Action<TimeSpan> hung)
    {
        var longest = watch.Longest;
        if (longest > limit && Interlocked.Exchange(ref _told, 1) == 0)
            hung(longest);
    }
}
