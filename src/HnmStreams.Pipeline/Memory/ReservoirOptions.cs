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

    /// <summary>
    /// The mean age of a kept negative, in negatives that arrived after it; 0 keeps a uniform sample of all that arrived. Set it if the
    /// stream changes for good, so that random negatives follow the stream. A value below the capacity counts as the capacity.
    /// </summary>
    [Range(0.0, 1e12)]
    public long NegativesHorizon { get; set; }

    /// <summary>The capacity for positives that were not trained on yet. Beyond it the oldest leaves and remains in the reservoir only.</summary>
    [Range(1, 1_000_000)]
    public int NewPositives { get; set; } = 256;
}
