using HnmStreams.Torch.Snapshots;

namespace HnmStreams.Pipeline.Publishing;

/// <summary>Holds the newest weights on their way back to the scorers, who take them up between two batches.</summary>
/// <remarks>Thread-safe, O(1). The trainer publishes; anyone may acquire.</remarks>
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

    /// <summary>The newest snapshot with one reference for the caller, who disposes it.</summary>
    public ModelSnapshot Acquire()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(!_newest.TryAcquire(), this);
            return _newest;
        }
    }

    /// <summary>Replaces the newest snapshot; its reference passes to the publisher.</summary>
    public void Publish(ModelSnapshot snapshot)
    {
        ModelSnapshot old;
        lock (_gate)
        {
            if (snapshot.Version <= _newest.Version)
                throw new ArgumentException($"Version {snapshot.Version} is not newer than {_newest.Version}.", nameof(snapshot));
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
