namespace HnmStreams.Pipeline.Tests.Checkpointing.Leases;

/// <summary>A clock that only a test moves.</summary>
internal sealed class LeaseClock : TimeProvider
{
    public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The error of the wall clock, which does not affect timestamps.</summary>
    public TimeSpan WallClockError { get; set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public void Advance(TimeSpan by) => Now += by;

    public override DateTimeOffset GetUtcNow() => Now + WallClockError;

    public override long GetTimestamp() => Now.Ticks;
}
