using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Pipeline.Supervision;

/// <summary>Settings for native code that does not return.</summary>
public sealed class SupervisionOptions
{
    /// <summary>The time after which a call into native code counts as hung. The process then ends, to be restarted from its newest checkpoint. Zero disables the detection.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan HangAfter { get; set; } = TimeSpan.FromMinutes(2);
}
