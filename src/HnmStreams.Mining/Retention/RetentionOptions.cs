using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Mining.Retention;

/// <summary>The conditions, beyond being hard, for candidates to enter and stay in the pool. All are off by default.</summary>
public sealed class RetentionOptions
{
    /// <summary>The range of hardness that may enter the pool.</summary>
    [Required]
    public BandOptions Band { get; set; } = new();

    /// <summary>The detection of label errors.</summary>
    [Required]
    public LabelNoiseOptions LabelNoise { get; set; } = new();

    /// <summary>
    /// Maximum number of differing bits (of 64) between the signatures of near-duplicates, of which only the first is kept; -1 disables the
    /// check. The service signs the content of an example with XxHash3, so that 0 refuses exact copies under other ids; larger distances
    /// are for callers of the library that supply locality-sensitive signatures.
    /// </summary>
    [Range(-1, 15)]
    public int DuplicateDistance { get; set; } = -1;
}
