using HnmStreams.Pipeline.Publishing;

namespace HnmStreams.Pipeline.Nodes;

/// <summary>The version that a node predicts with: the one that the learner serves, which is the promoted one, or the newest before the first promotion and without a gate.</summary>
/// <param name="newest">The newest weights.</param>
/// <remarks>Thread-safe, O(1). A promotion takes effect between two calls of <see cref="Acquire"/>.</remarks>
internal sealed class NodeServedModels(SnapshotPublisher newest) : IServedModels, IDisposable
{
    private readonly Lock _gate = new();
    private ServedModel? _promoted;

    /// <summary>The promoted version; -1 if none is promoted.</summary>
    public long Version
    {
        get
        {
            lock (_gate)
                return _promoted?.Snapshot.Version ?? -1;
        }
    }

    /// <inheritdoc/>
    public ServedModel Acquire()
    {
        lock (_gate)
            return _promoted is { } promoted ? promoted with { Snapshot = promoted.Snapshot.Share() } : new ServedModel(newest.Acquire(), null);
    }

    /// <summary>Replaces the promoted version, which this takes over.</summary>
    public void Promote(ServedModel promoted)
    {
        lock (_gate)
            (_promoted, promoted) = (promoted, _promoted!);
        promoted?.Dispose();
    }

    public void Dispose()
    {
        lock (_gate)
            _promoted?.Dispose();
    }
}
