using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Pipeline.Memory;

/// <summary>What is kept of the stream for replay against forgetting, in examples.</summary>
public sealed class ReservoirOptions
{
    /// <summary>Positives kept, a uniform sample of all that went by.</summary>
    [Range(1, 10_000_000)]
    public int Positives { get; set; } = 5_000;

    /// <summary>Negatives kept, a uniform sample of all that went by.</summary>
    [Range(1, 10_000_000)]
    public int Negatives { get; set; } = 20_000;

    /// <summary>Positives that arrived and were not trained on yet; beyond it the oldest is left to the reservoir.</summary>
    [Range(1, 1_000_000)]
    public int FreshPositives { get; set; } = 256;
}
