namespace HnmStreams.Pipeline.Tests.Fixtures;

/// <summary>A wall clock that is wrong by as much as a test says, and can be set anew while others look at it. What measures spans of time runs on.</summary>
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
