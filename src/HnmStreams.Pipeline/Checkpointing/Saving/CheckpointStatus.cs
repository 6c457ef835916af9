namespace HnmStreams.Pipeline.Checkpointing.Saving;

/// <summary>A snapshot of the checkpoints. Immutable; for any thread.</summary>
/// <param name="Id">The id of the newest intact checkpoint, epoch and sequence; null before the first.</param>
/// <param name="At">The time at which it was finished.</param>
/// <param name="Consumed">The number of examples in its state.</param>
/// <param name="Bytes">The bytes of all its parts.</param>
/// <param name="Seconds">The time from the request until it was on the disk.</param>
/// <param name="Written">The number of checkpoints written by this process.</param>
/// <param name="Failures">The number of failed attempts of this process.</param>
/// <param name="LastFailure">The reason of the newest failure; null if the newest attempt succeeded.</param>
public sealed record CheckpointStatus(
    string? Id, DateTimeOffset? At, long Consumed, long Bytes, double Seconds, long Written, long Failures, string? LastFailure)
{
    /// <summary>The status before the first checkpoint.</summary>
    public static CheckpointStatus None { get; } = new(null, null, 0, 0, 0, 0, 0, null);
}
