namespace HnmStreams.Pipeline.Compute;

/// <summary>
/// The lanes on which scorers, trainer and evaluation take turns, so that their threads never exceed the cores.
/// Training goes first: it is the rarer work, and late weights make every score older.
/// </summary>
/// <remarks>Thread-safe; O(1). Blocks the calling thread, which must be one that its actor owns (pinned).</remarks>
internal sealed class ComputeLanes
{
    private readonly object _gate = new();
    private readonly int _lanes;
    private int _free;
    private int _trainingWaits;

    public ComputeLanes(int lanes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(lanes);
        _free = _lanes = lanes;
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

        return new Turn(this, 1);
    }

    /// <summary>Waits until nobody computes, and lets nobody in meanwhile: for work that may kill, so that it is clear what did.</summary>
    public Turn EnterAlone()
    {
        lock (_gate)
        {
            // Like training, it goes before those that wait for one lane.
            _trainingWaits++;
            while (_free < _lanes)
                Monitor.Wait(_gate);
            _trainingWaits--;
            _free = 0;
        }

        return new Turn(this, _lanes);
    }

    private void Leave(int lanes)
    {
        lock (_gate)
        {
            _free += lanes;
            Monitor.PulseAll(_gate);
        }
    }

    internal readonly struct Turn(ComputeLanes owner, int lanes) : IDisposable
    {
        public void Dispose() => owner.Leave(lanes);
    }
}
