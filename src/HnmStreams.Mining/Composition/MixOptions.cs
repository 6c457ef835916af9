using System.ComponentModel.DataAnnotations;
using HnmStreams.Mining.Pool;

namespace HnmStreams.Mining.Composition;

/// <summary>What a training batch is made of.</summary>
public sealed class MixOptions
{
    /// <summary>Examples in a batch.</summary>
    [Range(1, 65_536)]
    public int BatchSize { get; set; } = 32;

    /// <summary>Share of the batch that is positive: fresh ones first, kept ones for the rest.</summary>
    [Range(0.0, 1.0)]
    public double PositiveShare { get; set; } = 0.25;

    /// <summary>Share of the negatives that is hard; the others are random. Some random ones guard against learning only the exceptions.</summary>
    [Range(0.0, 1.0)]
    public double HardShare { get; set; } = 0.5;

    /// <summary>
    /// How hard negatives are drawn from the pool. Uniform is the default: the very hardest are often wrong labels or
    /// beyond the model, and a diet of them alone learns less (arXiv 1511.05952, section 3.3, says so of greedy replay).
    /// </summary>
    public DrawOrder HardOrder { get; set; } = DrawOrder.Uniform;
}
