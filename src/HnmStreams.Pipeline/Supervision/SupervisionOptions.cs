using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Pipeline.Supervision;

/// <summary>What is done about native code that does not come back.</summary>
public sealed class SupervisionOptions
{
    /// <summary>A call into native code that takes longer counts as hung: the process ends, to be started again from its newest checkpoint. Zero never does.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan HangAfter { get; set; } = TimeSpan.FromMinutes(2);
}
