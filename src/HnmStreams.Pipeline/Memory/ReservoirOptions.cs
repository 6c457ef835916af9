using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Pipeline.Memory;

/// <summary>The reservoirs of examples for replay, which prevents forgetting. All values are numbers of examples.</summary>
public sealed class ReservoirOptions
{
    /// <summary>The capacity for positives, a uniform sample of all that arrived.</summary>
    [Range(1, 10_000_000)]
    public int Positives { get; set; } = 5_000;

    /// <summary>The capacity for negatives, a uniform sample of all that arrived.</summary>
    [Range(1, 10_000_000)]
    public int Negatives { get; set; } = 20_000;

    /// <summary>The capacity for positives that were not trained on yet. Beyond it the oldest leaves and remains in the reservoir only.</summary>
    [Range(1, 1_000_000)]
    public int NewPositives { get; set; } = 256;
}
