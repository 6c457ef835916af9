using HnmStreams.Pipeline.Flow.Promotion;
using HnmStreams.Torch.Snapshots;

namespace HnmStreams.Pipeline.Publishing;

/// <summary>The source of the model version that is served. Thread-safe; a new version takes effect between two calls of <see cref="Acquire"/>.</summary>
internal interface IServedModels
{
    /// <summary>Returns the served version, which the caller disposes.</summary>
    ServedModel Acquire();
}

/// <summary>The model version that a learner serves: the pinned or promoted one, or the newest before the first promotion and without a gate.</summary>
/// <remarks>Thread-safe, O(1). A promotion takes effect between two calls of <see cref="Acquire"/>.</remarks>
internal sealed class ServedModels(ModelRegistry registry, SnapshotPublisher publisher) : IServedModels
{
    /// <inheritdoc/>
    public ServedModel Acquire()
    {
        var promoted = registry.AcquirePromoted();
        return promoted is null ? new ServedModel(publisher.Acquire(), null) : new ServedModel(promoted.Snapshot, promoted.Card);
    }
}

/// <summary>A served model version. The holder owns one reference to its weights.</summary>
/// <param name="Card">Null if the version has not passed the promotion gate.</param>
internal sealed record ServedModel(ModelSnapshot Snapshot, ModelCard? Card) : IDisposable
{
    public void Dispose() => Snapshot.Dispose();
}
