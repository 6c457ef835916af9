using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Pipeline.Checkpointing;

/// <summary>The interval, number and size of checkpoints, and the expiry of the lease.</summary>
public sealed class CheckpointingOptions
{
    /// <summary>The time between two checkpoints. Records after the last one are trained on again after a crash. Nothing is written while nothing has changed.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "1.00:00:00")]
    public TimeSpan Every { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The number of intact checkpoints that are kept.</summary>
    [Range(1, 1_000)]
    public int Keep { get; set; } = 3;

    /// <summary>The maximum number of bytes of one part, for writing and loading.</summary>
    [Range(1L, long.MaxValue)]
    public long PartBytes { get; set; } = 64L << 30;

    /// <summary>The time without a heartbeat of the learner after which a standby takes over.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan LeaseExpiry { get; set; } = TimeSpan.FromSeconds(30);
}
