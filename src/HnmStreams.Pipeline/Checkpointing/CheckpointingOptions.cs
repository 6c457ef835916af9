using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Pipeline.Checkpointing;

/// <summary>How many checkpoints are kept, how large they may be, and how long a silent learner keeps its place.</summary>
public sealed class CheckpointingOptions
{
    /// <summary>Time between two checkpoints; what is younger is learnt again after a crash. Nothing is written while nothing has changed.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "1.00:00:00")]
    public TimeSpan Every { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Whole checkpoints that stay in the folder.</summary>
    [Range(1, 1_000)]
    public int Keep { get; set; } = 3;

    /// <summary>Bytes of one part at most, in writing and in loading.</summary>
    [Range(1L, long.MaxValue)]
    public long PartBytes { get; set; } = 64L << 30;

    /// <summary>A standby takes over when the learner's heartbeat has not changed for so long.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan LeaseExpiry { get; set; } = TimeSpan.FromSeconds(30);
}
