using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Mining.Retention;

/// <summary>When a candidate is suspected of a wrong label.</summary>
public sealed class LabelNoiseOptions
{
    /// <summary>
    /// Visits (times scored or trained on, while in the pool and when it comes again) before one is judged; 0: nobody is
    /// suspected. Eight serve where wrong labels are to be feared. Where the rare negatives are what makes a task hard, they
    /// look the same and are set aside with them: hence off unless asked for.
    /// </summary>
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

    /// <summary>
    /// Candidates that left the pool whose visits are remembered, so that one that comes again goes on where it was; beyond
    /// it the oldest is forgotten. Without it the uses that the pool allows would end before anybody is judged.
    /// </summary>
    [Range(1, 100_000_000)]
    public int RememberedVisits { get; set; } = 100_000;

    /// <summary>Ids whose label was confirmed to be wrong, or released, that are remembered; beyond it the oldest is forgotten.</summary>
    [Range(1, 100_000_000)]
    public int Remembered { get; set; } = 100_000;
}
