namespace HnmStreams.Web.Monitoring;

/// <summary>A counter's pace over the last seconds, from looks at it at any times. One caller at a time.</summary>
internal sealed class ThroughputWindow(TimeSpan window, TimeProvider time)
{
    private static readonly TimeSpan Grain = TimeSpan.FromMilliseconds(200);

    private readonly Queue<(long At, long Count)> _looks = new();
    private long _newest;

    /// <summary>Takes a look; the pace per second since the oldest look within the window. 0 at the first.</summary>
    public double Observe(long count)
    {
        var now = time.GetTimestamp();
        while (_looks.Count > 1 && time.GetElapsedTime(_looks.Peek().At, now) > window)
            _looks.Dequeue();
        // Looks in quick succession (a page that is reloaded) make no longer queue.
        if (_looks.Count == 0 || time.GetElapsedTime(_newest, now) >= Grain)
        {
            _looks.Enqueue((now, count));
            _newest = now;
        }

        var (at, before) = _looks.Peek();
        var seconds = time.GetElapsedTime(at, now).TotalSeconds;
        return seconds > 0 ? (count - before) / seconds : 0;
    }
}
