namespace HnmStreams.Pipeline.Tests.Fixtures;

/// <summary>A wall clock with an offset that a test can change at any time. Timestamps for durations are not affected.</summary>
internal sealed class JumpedClock(TimeSpan jump) : TimeProvider
{
    private long _ticks = jump.Ticks;

    public TimeSpan Jump
    {
        get => TimeSpan.FromTicks(Volatile.Read(ref _ticks));
        set => Volatile.Write(ref _ticks, value.Ticks);
    }

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Jump;
}
