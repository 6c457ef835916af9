using HnmStreams.Pipeline.Ranking;
using HnmStreams.Pipeline.Training;

namespace HnmStreams.Pipeline.Checkpointing;

/// <summary>One checkpoint on its way through the learner: the ranking stage adds its state first, then the trainer, who answers.</summary>
/// <remarks>Passed on like a message: one owner at a time. Whoever asked disposes it, whatever became of it.</remarks>
internal sealed class CheckpointRequest : IDisposable
{
    private readonly TaskCompletionSource _complete = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public RankerCapture? Ranking { get; set; }

    public TrainerCapture? Trainer { get; private set; }

    /// <summary>Both states are there.</summary>
    public Task Complete => _complete.Task;

    public void Answer(TrainerCapture trainer)
    {
        Trainer = trainer;
        _complete.TrySetResult();
    }

    public void Dispose()
    {
        Ranking?.Dispose();
        Trainer?.Dispose();
    }
}
