namespace HnmStreams.Pipeline.Tests.Supervision;

/// <summary>A clock that moves only when a test advances it, with periodic timers that fire on the test's thread.</summary>
internal sealed class ManualClock : TimeProvider
{
    private readonly List<ManualTimer> _timers = [];
    // Not 0, because that timestamp means "no call".
    private long _ticks = TimeSpan.TicksPerDay;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(() => callback(state), _ticks, period);
        _timers.Add(timer);
        return timer;
    }

    public void Advance(TimeSpan time)
    {
        _ticks += time.Ticks;
        foreach (var timer in _timers)
            timer.Fire(_ticks);
    }

    private sealed class ManualTimer(Action fire, long from, TimeSpan period) : ITimer
    {
        private bool _disposed;

        public void Fire(long now)
        {
            if (!_disposed && period > TimeSpan.Zero && now - from >= period.Ticks)
                fire();
        }

        public bool Change(TimeSpan dueTime, TimeSpan newPeriod) => throw new NotSupportedException();

        public void Dispose() => _disposed = true;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
