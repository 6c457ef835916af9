namespace HnmStreams.Host.Feeding;

/// <summary>A pacer that spreads examples evenly over time. One caller at a time.</summary>
/// <remarks>If it is late by a second or more, because the receiver was slow, it starts over instead of sending a burst.</remarks>
internal sealed class RatePacer(double perSecond, TimeProvider time)
{
    // Shorter waits are not worth a timer. The examples of such an interval are sent together.
    private static readonly TimeSpan MinWait = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(1);

    private long _start = time.GetTimestamp();
    private long _sent;

    /// <summary>Returns the time to wait before the next example, zero or less if it may be sent now, and counts it as sent.</summary>
    public TimeSpan NextWait()
    {
        var ahead = TimeSpan.FromSeconds(_sent / perSecond) - time.GetElapsedTime(_start);
        if (ahead < -MaxDelay)
            (_start, _sent, ahead) = (time.GetTimestamp(), 0, TimeSpan.Zero);
        _sent++;
        return ahead < MinWait ? TimeSpan.Zero : ahead;
    }
}
