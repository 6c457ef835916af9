using HnmStreams.Torch.Snapshots;

namespace HnmStreams.Pipeline.Publishing;

/// <summary>The weights that were the newest when the round of batch <paramref name="Batch"/> was done.</summary>
internal readonly record struct PublishedVersion(long Batch, ModelSnapshot Snapshot);

/// <summary>
/// Exact mode's answer to which weights score which batch: those after batch b - 1 - overlap, whoever is fast or slow.
/// Scorers wait here for them.
/// </summary>
/// <param name="overlap">Batches that may be scored while earlier ones are trained on.</param>
/// <param name="first">Weights still to be used, of rising batches; the oldest serves all batches before it. Their references pass to the line.</param>
/// <remarks>Thread-safe. The trainer publishes; holds overlap + 1 snapshots.</remarks>
internal sealed class VersionSchedule(int overlap, IReadOnlyList<PublishedVersion> first) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<PublishedVersion> _versions = [.. first];
    private readonly List<(long Batch, TaskCompletionSource<ModelSnapshot> Answer)> _waiting = [];
    private Exception? _closed;

    /// <summary>The weights to score a batch with, one reference of which is the caller's.</summary>
    /// <exception cref="ObjectDisposedException">The learner ended before they were there.</exception>
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

    /// <summary>The round of a batch is done: these are the newest weights now. Their reference passes to the line.</summary>
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

    /// <summary>All weights still to be used, for a checkpoint; one reference of each is the caller's.</summary>
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
