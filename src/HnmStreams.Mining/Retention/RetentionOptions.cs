using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Mining.Retention;

/// <summary>What may be in the pool beyond being hard. All off by default.</summary>
public sealed class RetentionOptions
{
    [Required]
    public BandOptions Band { get; set; } = new();

    [Required]
    public LabelNoiseOptions LabelNoise { get; set; } = new();

    /// <summary>Bits of 64 in which the signatures of two near-duplicates may differ, of which only the first stays; 0 for copies of the same content; -1: not looked at.</summary>
    [Range(-1, 15)]
    public int DuplicateDistance { get; set; } = -1;
}
