namespace HnmStreams.Mining.Sampling;

/// <summary>How candidates are drawn from the pool.</summary>
public sealed class SamplingOptions
{
    /// <summary>
    /// Uniform is the default: the very hardest are often wrong labels or beyond the model, and a diet of them alone
    /// learns less (arXiv 1511.05952, section 3.3, says so of greedy replay).
    /// </summary>
    public SamplerKind Kind { get; set; } = SamplerKind.Uniform;
}
