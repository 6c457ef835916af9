namespace HnmStreams.Pipeline.Compute;

/// <summary>
/// A limit on concurrent tensor computations. Scorers, trainer and evaluator take turns, so that their threads never exceed the cores.
/// Training has priority: it is less frequent, and late weights make every score older.
/// </summary>
/// <remarks>Thread-safe; O(1). Blocks the calling thread, which must be a pinned thread of its actor.</remarks>
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

    /// <summary>Waits for a lane. Disposing the turn releases it.</summary>
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
            // A scorer that waited for training may use another free lane.
            if (_free > 0)
                Monitor.PulseAll(_gate);
        }

        return new Turn(this, 1);
    }

    /// <summary>Waits until all lanes are free and takes all of them. For work that may crash the process, so that the cause is unambiguous.</summary>
    public Turn EnterAlone()
    {
        lock (_gate)
        {
            // Like training, it has priority over work that waits for one lane.
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
