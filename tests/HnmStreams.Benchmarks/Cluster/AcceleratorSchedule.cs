namespace HnmStreams.Benchmarks.Cluster;

/// <summary>The times at which a simulated accelerator is done with its batches. It waits without using the processor, as a host waits for a device.</summary>
/// <param name="timePerRow">The time that the accelerator takes per row.</param>
/// <remarks>Thread-safe. Each thread has its own accelerator.</remarks>
internal sealed class AcceleratorSchedule(TimeSpan timePerRow, TimeProvider time) : IDisposable
{
    // A timer fires up to a millisecond late. The accelerator would have begun the next batch meanwhile.
    private static readonly TimeSpan MaxLateness = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan Resolution = TimeSpan.FromMilliseconds(1);

    [ThreadStatic]
    private static long _freeAt;

    // Never set: its time limit is the wait.
    private readonly ManualResetEventSlim _never = new(initialState: false, spinCount: 0);

    /// <summary>Waits until the rows are done: by the schedule of the rows before them, so that late timers do not add up. May return up to a millisecond early, which the next batch then waits for.</summary>
    public void Wait(int rows)
    {
        _freeAt = Math.Max(_freeAt, time.GetTimestamp() - TicksOf(MaxLateness)) + TicksOf(timePerRow * rows);
        for (TimeSpan left; (left = time.GetElapsedTime(time.GetTimestamp(), _freeAt)) >= Resolution;)
            _never.Wait(left);
    }

    public void Dispose() => _never.Dispose();

    private long TicksOf(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);
}
