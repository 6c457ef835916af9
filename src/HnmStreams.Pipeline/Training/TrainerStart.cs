using HnmStreams.Pipeline.Flow;

namespace HnmStreams.Pipeline.Training;

/// <summary>The state that a trainer starts from: the initial state, or that of a checkpoint.</summary>
internal sealed record TrainerStart(TrainerStatus Status, int AppliedSincePublish)
{
    public static TrainerStart Of(TrainerCapture? checkpoint) =>
        checkpoint is null ? new(TrainerStatus.Initial, 0) : new(checkpoint.Status, checkpoint.AppliedSincePublish);
}
