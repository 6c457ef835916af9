using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Configuration.Sections;

/// <summary>Serving without learning (<c>hnm serve</c>), from the models in <c>models.folder</c>.</summary>
public sealed class ServeOptions
{
    /// <summary>The consumer group, which several serving processes may share. If it is not set, it is <c>kafka.groupId</c> followed by <c>-serve</c>. It must not be the group of a learner.</summary>
    [MinLength(1)]
    public string? GroupId { get; set; }

    /// <summary>The time between two looks for a newer version in <c>models.folder</c>.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "1.00:00:00")]
    public TimeSpan ReloadEvery { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The time between two commits of offsets. Records after the last one are predicted again after a crash.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "01:00:00")]
    public TimeSpan CommitEvery { get; set; } = TimeSpan.FromSeconds(1);
}
