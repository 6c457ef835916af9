using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Mining.Retention;

/// <summary>The range of hardness that may enter the pool.</summary>
public sealed class BandOptions
{
    /// <summary>Maximum hardness of a candidate. For scores on a known scale; infinite by default.</summary>
    public float Hardest { get; set; } = float.PositiveInfinity;

    /// <summary>
    /// Percentile of recent examples, as a share from 0 to 1, above which a candidate is refused; 1 for no limit. Wrong labels gather among
    /// the very hardest examples.
    /// </summary>
    [Range(0.0, 1.0)]
    public double HardestPercentile { get; set; } = 1;

    /// <summary>Percentile of recent examples, as a share from 0 to 1, up to which a candidate is refused; 0 for no limit.</summary>
    [Range(0.0, 1.0)]
    public double EasiestPercentile { get; set; }

    /// <summary>Number of recent examples that percentiles are computed over.</summary>
    [Range(1, 1_000_000)]
    public int History { get; set; } = 4_096;

    /// <summary>Number of examples that must have been observed before a percentile excludes any candidate.</summary>
    [Range(1, 1_000_000)]
    public int MinSeen { get; set; } = 256;
}
