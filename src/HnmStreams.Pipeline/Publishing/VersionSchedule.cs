using HnmStreams.Torch.Snapshots;

namespace HnmStreams.Pipeline.Publishing;

/// <summary>The weights that were the newest when the training round of batch <paramref name="Batch"/> ended.</summary>
internal readonly record struct PublishedVersion(long Batch, ModelSnapshot Snapshot);

/// <summary>The weights that score each batch in exact mode.</summary>
internal interface IVersionSchedule
{
    /// <summary>Returns the weights to score a batch with, with one reference for the caller. Waits until they exist.</summary>
    /// <exception cref="ObjectDisposedException">The learner ended before the weights existed.</exception>
    Task<ModelSnapshot> ForBatchAsync(long number);
}

/// <summary>
/// The assignment of model versions to batches in exact mode: batch b is scored with the weights after the training round of batch
/// b - 1 - overlap, independent of thread timing. Scoring waits here until those weights exist.
/// </summary>
/// <param name="overlap">The number of batches that may be scored while earlier ones are trained on.</param>
/// <param name="first">Weights that are still needed, by ascending batch; the oldest also serves all earlier batches. The schedule takes over their references.</param>
/// <remarks>Thread-safe. Only the trainer publishes. Holds overlap + 1 snapshots.</remarks>
internal sealed class VersionSchedule(int overlap, IReadOnlyList<PublishedVersion> first) : IVersionSchedule, IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<PublishedVersion> _versions = [.. first];
    private readonly List<(long Batch, TaskCompletionSource<ModelSnapshot> Answer)> _waiting = [];
    private Exception? _closed;

    /// <inheritdoc/>
    public Task<ModelSnapshot> ForBatchAsync(long number)
    {
        var after = number - 1 - overlap;
        lock (_gate)
        {
            if (_closed is not null)
                return Task.FromException<ModelSnapshot>(_closed);
            if (_versions[^1].Batch >= after)
                return Task.FromResult(Acquire(after));
            var answer = new TaskCompletionSource<ModelSnapshot>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((after, answer));
            return answer.Task;
        }
    }

    /// <summary>Sets the newest weights at the end of a batch's training round. The schedule takes over their reference.</summary>
    public void Publish(PublishedVersion version)
    {
        lock (_gate)
        {
            _versions.Add(version);
            foreach (var (after, answer) in _waiting.Where(w => w.Batch <= version.Batch))
                answer.SetResult(Acquire(after));
            _waiting.RemoveAll(w => w.Batch <= version.Batch);
            while (_versions[0].Batch < version.Batch - overlap)
            {
                _versions[0].Snapshot.Dispose();
                _versions.RemoveAt(0);
            }
        }
    }

    /// <summary>Returns all weights that are still needed, for a checkpoint, with one reference to each for the caller.</summary>
    public IReadOnlyList<PublishedVersion> Capture()
    {
        lock (_gate)
        {
            _versions.ForEach(v => v.Snapshot.TryAcquire());
            return [.. _versions];
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _closed = new ObjectDisposedException(nameof(VersionSchedule));
            _waiting.ForEach(w => w.Answer.SetException(_closed));
            _waiting.Clear();
            _versions.ForEach(v => v.Snapshot.Dispose());
            _versions.Clear();
        }
    }

    private ModelSnapshot Acquire(long after)
    {
        var snapshot = _versions.FindLast(v => v.Batch <= after).Snapshot ?? _versions[0].Snapshot;
        snapshot.TryAcquire();
        return snapshot;
    }
}
