namespace HnmStreams.Web.Monitoring;

/// <summary>The rate of a counter over a sliding window, from samples at irregular times.</summary>
/// <remarks>Not thread-safe. Memory is bounded by the window and the minimum spacing of samples.</remarks>
internal sealed class ThroughputWindow(TimeSpan window, TimeProvider time)
{
    private static readonly TimeSpan MinSpacing = TimeSpan.FromMilliseconds(200);

    private readonly Queue<(long At, long Count)> _samples = new();
    private long _newestAt;

    /// <summary>Adds a sample. Returns the rate per second since the oldest sample in the window; 0 for the first sample.</summary>
    public double Observe(long count)
    {
        var now = time.GetTimestamp();
        while (_samples.Count > 1 && time.GetElapsedTime(_samples.Peek().At, now) > window)
            _samples.Dequeue();
        // Frequent calls (a page that is reloaded) must not lengthen the queue.
        if (_samples.Count == 0 || time.GetElapsedTime(_newestAt, now) >= MinSpacing)
        {
            _samples.Enqueue((now, count));
            _newestAt = now;
        }

        var (at, before) = _samples.Peek();
        var seconds = time.GetElapsedTime(at, now).TotalSeconds;
        return seconds > 0 ? (count - before) / seconds : 0;
    }
}
