namespace HnmStreams.Pipeline.Checkpointing.Saving;

/// <summary>How checkpoints stand: an immutable picture for any thread.</summary>
/// <param name="Id">Of the newest whole one, epoch and sequence; null before the first.</param>
/// <param name="At">When it was finished, or that of the one that the learner went on from.</param>
/// <param name="Consumed">Examples in it.</param>
/// <param name="Bytes">Of all its parts.</param>
/// <param name="Seconds">From the request to the disk.</param>
/// <param name="Written">By this process.</param>
/// <param name="Failures">Tries of this process that left none.</param>
/// <param name="LastFailure">What the newest try failed of; null where it did not.</param>
public sealed record CheckpointStatus(
    string? Id, DateTimeOffset? At, long Consumed, long Bytes, double Seconds, long Written, long Failures, string? LastFailure)
{
    public static CheckpointStatus None { get; } = new(null, null, 0, 0, 0, 0, 0, null);
}
