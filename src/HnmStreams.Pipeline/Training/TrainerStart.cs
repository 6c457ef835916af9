using HnmStreams.Pipeline.Flow;

namespace HnmStreams.Pipeline.Training;

/// <summary>Where a trainer begins.</summary>
internal sealed record TrainerStart(TrainerStatus Status, int AppliedSincePublish)
{
    public static TrainerStart Of(TrainerCapture? checkpoint) =>
        checkpoint is null ? new(TrainerStatus.Initial, 0) : new(checkpoint.Status, checkpoint.AppliedSincePublish);
}
