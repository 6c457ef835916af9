using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Mining.Retention;

/// <summary>The criteria for suspected label errors, and the bounds of the quarantine.</summary>
public sealed class LabelNoiseOptions
{
    /// <summary>
    /// Number of visits (times scored or trained on, including earlier stays in the pool) before a candidate is judged; 0 disables
    /// label-noise detection. Use 8 if label errors are likely. Leave it off if rare negatives are what makes the task hard: they look like
    /// label errors and would be quarantined too.
    /// </summary>
    [Range(0, 1_000_000)]
    public int MinVisits { get; set; }

    /// <summary>Share of recent losses, from the hardest down, that must contain all of a candidate's last losses for it to be suspected.</summary>
    [Range(0.0, 1.0)]
    public double HardestShare { get; set; } = 0.05;

    /// <summary>Share of its first losses by which a candidate's loss must have decreased to count as learned.</summary>
    [Range(0.0, 1.0)]
    public double RequiredLossDecrease { get; set; } = 0.2;

    /// <summary>Maximum number of suspects in the quarantine. Beyond it the oldest is dropped.</summary>
    [Range(1, 10_000_000)]
    public int QuarantineCount { get; set; } = 1_000;

    /// <summary>Maximum number of candidates that left the pool whose loss histories are kept, in case they return. Beyond it the oldest is dropped.</summary>
    [Range(1, 100_000_000)]
    public int RememberedVisits { get; set; } = 100_000;

    /// <summary>Maximum number of ids kept whose label was confirmed to be wrong or right. Beyond it the oldest is dropped.</summary>
    [Range(1, 100_000_000)]
    public int RememberedVerdicts { get; set; } = 100_000;
}
