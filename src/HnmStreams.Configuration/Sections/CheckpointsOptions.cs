namespace HnmStreams.Configuration.Sections;

/// <summary>Where the learner's state is kept. How often and how much is <c>pipeline.checkpointing</c>.</summary>
public sealed class CheckpointsOptions
{
    /// <summary>The word for keeping no state at all.</summary>
    public const string Off = "off";

    /// <summary>
    /// The folder; one learner at a time uses it, a second process stands by. Null is <c>checkpoints/</c> with the consumer
    /// group's name, or, with an embedded cluster, a folder that is thrown away at the end, since the cluster is new each
    /// time. <c>off</c> keeps nothing.
    /// </summary>
    public string? Folder { get; set; }

    public bool IsOff => string.Equals(Folder?.Trim(), Off, StringComparison.OrdinalIgnoreCase);
}
