namespace HnmStreams.Host.Feeding;

/// <summary>Spreads examples evenly over time. One caller at a time.</summary>
/// <remarks>Late by a second or more (the receiver was slow), it forgets what it owes instead of bursting.</remarks>
internal sealed class RatePacer(double perSecond, TimeProvider time)
{
    // Shorter waits than this are not worth a timer; the examples of one such stretch go out together.
    private static readonly TimeSpan Grain = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Forgiven = TimeSpan.FromSeconds(1);

    private long _start = time.GetTimestamp();
    private long _sent;

    /// <summary>How long to wait before the next example may go; zero or less where it may go now. Counts it as sent.</summary>
    public TimeSpan NextWait()
    {
        var ahead = TimeSpan.FromSeconds(_sent / perSecond) - time.GetElapsedTime(_start);
        if (ahead < -Forgiven)
            (_start, _sent, ahead) = (time.GetTimestamp(), 0, TimeSpan.Zero);
        _sent++;
        return ahead < Grain ? TimeSpan.Zero : ahead;
    }
}
