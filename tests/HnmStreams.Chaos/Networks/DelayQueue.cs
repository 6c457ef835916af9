namespace HnmStreams.Chaos.Networks;

/// <summary>Frames that are delivered after a delay, in their order.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class DelayQueue : IDisposable
{
    private readonly object _gate = new();
    private readonly Queue<(long Due, int Port, byte[] Frame)> _frames = new();
    private readonly Action<int, byte[]> _deliver;
    private readonly Thread _thread;
    private bool _isEnded;

    /// <param name="deliver">Delivers a frame to a port, on the queue's own thread.</param>
    public DelayQueue(Action<int, byte[]> deliver)
    {
        _deliver = deliver;
        _thread = new Thread(Run) { IsBackground = true, Name = "switch delays" };
        _thread.Start();
    }

    /// <summary>Adds a frame. The delay is the same for all, so the queue is in the order of delivery.</summary>
    public void Add(int port, byte[] frame, TimeSpan delay)
    {
        lock (_gate)
        {
            _frames.Enqueue((TimeProvider.System.GetTimestamp() + (long)(delay.TotalSeconds * TimeProvider.System.TimestampFrequency), port, frame));
            if (_frames.Count == 1)
                Monitor.Pulse(_gate);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isEnded = true;
            Monitor.Pulse(_gate);
        }

        _thread.Join();
    }

    private void Run()
    {
        while (Next() is { } next)
            _deliver(next.Port, next.Frame);
    }

    private (int Port, byte[] Frame)? Next()
    {
        lock (_gate)
        {
            while (!_isEnded)
            {
                if (_frames.Count == 0)
                {
                    Monitor.Wait(_gate);
                }
                else if (TimeProvider.System.GetElapsedTime(TimeProvider.System.GetTimestamp(), _frames.Peek().Due) is var remaining && remaining > TimeSpan.Zero)
                {
                    Monitor.Wait(_gate, remaining);
                }
                else
                {
                    var (_, port, frame) = _frames.Dequeue();
                    return (port, frame);
                }
            }

            return null;
        }
    }
}
