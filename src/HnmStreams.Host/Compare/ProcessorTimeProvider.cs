namespace HnmStreams.Host.Compare;

/// <summary>A clock whose timestamps count the processor time of the process, so that measured seconds do not depend on the load of the machine. Dates are those of the system.</summary>
/// <remarks>Thread-safe. The time of all threads is counted: a computation on n busy threads takes n seconds per second.</remarks>
internal sealed class ProcessorTimeProvider : TimeProvider
{
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Environment.CpuUsage.TotalTime.Ticks;
}
