using HnmStreams.Pipeline.Baselines;
using HnmStreams.Pipeline.Ranking;
using HnmStreams.Pipeline.Training;

namespace HnmStreams.Pipeline.Checkpointing;

/// <summary>One checkpoint on its way through the learner: the ranking stage adds its state first, then trainer and baselines answer.</summary>
/// <param name="controls">Baselines that are waited for.</param>
/// <remarks>Passed on like a message. Answers may come from several threads. Whoever asked disposes it, whatever became of it.</remarks>
internal sealed class CheckpointRequest(int controls = 0) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<BaselineCapture> _baselines = [];
    private bool _disposed;
    private readonly TaskCompletionSource _complete = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public RankerCapture? Ranking { get; set; }

    public TrainerCapture? Trainer { get; private set; }

    /// <summary>Complete when <see cref="Complete"/> is.</summary>
    public IReadOnlyList<BaselineCapture> Controls => _baselines;

    /// <summary>All states are there.</summary>
    public Task Complete => _complete.Task;

    public void Answer(TrainerCapture trainer)
    {
        lock (_gate)
        {
            Trainer = trainer;
            CheckComplete(trainer);
        }
    }

    public void Answer(BaselineCapture control)
    {
        lock (_gate)
        {
            _baselines.Add(control);
            CheckComplete(control);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            Ranking?.Dispose();
            Trainer?.Dispose();
            _baselines.ForEach(c => c.Dispose());
        }
    }

    // An answer to one who has given up waiting is nobody's any more.
    private void CheckComplete(IDisposable answer)
    {
        if (_disposed)
            answer.Dispose();
        else if (Trainer is not null && _baselines.Count == controls)
            _complete.TrySetResult();
    }
}
