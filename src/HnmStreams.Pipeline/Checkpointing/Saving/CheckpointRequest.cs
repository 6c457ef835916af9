using HnmStreams.Data.Records;

namespace HnmStreams.Pipeline.Checkpointing.Saving;

/// <summary>A request for a checkpoint on its way through the learner. Each owner of state adds its capture to it.</summary>
/// <param name="contributors">The number of captures that make the request complete.</param>
/// <remarks>Thread-safe. The requester disposes it, complete or not, and with it the captures.</remarks>
internal sealed class CheckpointRequest(int contributors) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, IStateCapture> _captures = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _complete = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _disposed;

    /// <summary>Completes when all contributors have added their state.</summary>
    public Task Complete => _complete.Task;

    /// <summary>The positions of the state. Only for a complete request.</summary>
    public IReadOnlyList<StreamPosition> Positions => Captures.Select(c => c.Positions).First(p => p is not null)!;

    /// <summary>The number of examples in the state. Only for a complete request.</summary>
    public long Consumed => Captures.Select(c => c.Consumed).First(n => n is not null)!.Value;

    /// <summary>The version of the weights. Only for a complete request.</summary>
    public long ModelVersion => Captures.Select(c => c.ModelVersion).First(v => v is not null)!.Value;

    private IStateCapture[] Captures
    {
        get
        {
            lock (_gate)
                return [.. _captures.Values];
        }
    }

    /// <summary>Adds the state of one owner. A capture that arrives after <see cref="Dispose"/> is disposed.</summary>
    public void Add(IStateCapture capture)
    {
        lock (_gate)
        {
            if (_disposed)
            {
                capture.Dispose();
                return;
            }

            _captures.Add(capture.Name, capture);
            if (_captures.Count == contributors)
                _complete.TrySetResult();
        }
    }

    /// <summary>Returns the files of all captures, ordered by the captures' names. Only for a complete request.</summary>
    public IReadOnlyList<CheckpointPart> Parts() => [.. Captures.SelectMany(c => c.Parts())];

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            foreach (var capture in _captures.Values)
                capture.Dispose();
            _captures.Clear();
        }
    }
}
