namespace HnmStreams.Pipeline.Compute;

/// <summary>
/// The lanes on which scorers, trainer and evaluation take turns, so that their threads never exceed the cores.
/// Training goes first: it is the rarer work, and late weights make every score older.
/// </summary>
/// <remarks>Thread-safe; O(1). Blocks the calling thread, which must be one that its actor owns (pinned).</remarks>
internal sealed class ComputeLanes
{
    private readonly object _gate = new();
    private int _free;
    private int _trainingWaits;

    public ComputeLanes(int lanes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(lanes);
        _free = lanes;
    }

    /// <summary>Waits for a lane; disposing the turn gives it back.</summary>
    public Turn Enter(bool training = false)
    {
        lock (_gate)
        {
            if (training)
                _trainingWaits++;
            while (_free == 0 || (!training && _trainingWaits > 0))
                Monitor.Wait(_gate);
            if (training)
                _trainingWaits--;
            _free--;
            // A scorer that stood back for training may find a second lane free.
            if (_free > 0)
                Monitor.PulseAll(_gate);
        }

        return new Turn(this);
    }

    private void Leave()
    {
        lock (_gate)
        {
            _free++;
            Monitor.PulseAll(_gate);
        }
    }

    internal readonly struct Turn(ComputeLanes lanes) : IDisposable
    {
        public void Dispose() => lanes.Leave();
    }
}
