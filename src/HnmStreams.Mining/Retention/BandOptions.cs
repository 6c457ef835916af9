using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Mining.Retention;

/// <summary>Which hardness may enter the pool at all.</summary>
public sealed class BandOptions
{
    /// <summary>What is harder never enters: for scores with a known scale.</summary>
    public float Hardest { get; set; } = float.PositiveInfinity;

    /// <summary>What is harder than this share of recent examples does not enter: the very hardest are where wrong labels gather. 1: no such bound.</summary>
    [Range(0.0, 1.0)]
    public double HardestPercentile { get; set; } = 1;

    /// <summary>What is no harder than this share of recent examples does not enter. 0: no such bound.</summary>
    [Range(0.0, 1.0)]
    public double EasiestPercentile { get; set; }

    /// <summary>Recent examples that percentiles are taken of.</summary>
    [Range(1, 1_000_000)]
    public int History { get; set; } = 4_096;

    /// <summary>Examples that must have been seen before a percentile excludes any.</summary>
    [Range(1, 1_000_000)]
    public int MinimumSeen { get; set; } = 256;
}
