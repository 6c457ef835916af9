using HnmStreams.Torch.Snapshots;

namespace HnmStreams.Pipeline.Publishing;

/// <summary>A holder of the newest weights: the trainer publishes them here, and the scorers adopt them between two batches.</summary>
/// <remarks>Thread-safe, O(1). One publisher, many readers.</remarks>
internal sealed class SnapshotPublisher(ModelSnapshot initial) : IDisposable
{
    private readonly Lock _gate = new();
    private ModelSnapshot _newest = initial;

    public long Version
    {
        get
        {
            lock (_gate)
                return _newest.Version;
        }
    }

    /// <summary>Returns the newest snapshot with one reference for the caller, who disposes it.</summary>
    public ModelSnapshot Acquire()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(!_newest.TryAcquire(), this);
            return _newest;
        }
    }

    /// <summary>Replaces the newest snapshot and takes over the caller's reference.</summary>
    public void Publish(ModelSnapshot snapshot)
    {
        ModelSnapshot old;
        lock (_gate)
        {
            if (snapshot.Version <= _newest.Version)
                throw new ArgumentException($"The version must be newer than {_newest.Version} but is {snapshot.Version}.", nameof(snapshot));
            old = _newest;
            _newest = snapshot;
        }

        old.Dispose();
    }

    public void Dispose()
    {
        lock (_gate)
            _newest.Dispose();
    }
}
