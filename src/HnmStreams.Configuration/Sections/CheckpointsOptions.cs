namespace HnmStreams.Configuration.Sections;

/// <summary>The location of the learner's state. Interval and number of checkpoints are set in <c>pipeline.checkpointing</c>.</summary>
public sealed class CheckpointsOptions
{
    /// <summary>The value that turns checkpoints off.</summary>
    public const string Off = "off";

    /// <summary>
    /// The folder of the checkpoints. One learner at a time uses it; a second process waits as a standby. If it is not set,
    /// the folder is <c>checkpoints/</c> followed by the name of the consumer group, or, with an embedded cluster, a
    /// temporary folder that is deleted at the end. <c>off</c> keeps no state.
    /// </summary>
    public string? Folder { get; set; }

    public bool IsOff => string.Equals(Folder?.Trim(), Off, StringComparison.OrdinalIgnoreCase);
}
