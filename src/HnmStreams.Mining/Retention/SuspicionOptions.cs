using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Mining.Retention;

/// <summary>When a candidate is suspected of a wrong label.</summary>
public sealed class SuspicionOptions
{
    /// <summary>Visits (times scored or trained on) before one is judged; 0: nobody is suspected.</summary>
    [Range(0, 1_000_000)]
    public int MinimumVisits { get; set; }

    /// <summary>Its last losses must all be among this hardest share of recent ones.</summary>
    [Range(0.0, 1.0)]
    public double HardestShare { get; set; } = 0.05;

    /// <summary>The share of its first loss by which its last must have fallen, or else it has not been learnt.</summary>
    [Range(0.0, 1.0)]
    public double RequiredFall { get; set; } = 0.2;

    /// <summary>Suspects that are kept to be looked at; beyond it the oldest is forgotten.</summary>
    [Range(1, 10_000_000)]
    public int QuarantineCount { get; set; } = 1_000;

    /// <summary>Ids whose label was confirmed to be wrong, or released, that are remembered; beyond it the oldest is forgotten.</summary>
    [Range(1, 100_000_000)]
    public int Remembered { get; set; } = 100_000;
}
