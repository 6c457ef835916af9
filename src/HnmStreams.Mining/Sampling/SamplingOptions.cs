using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Mining.Sampling;

/// <summary>The samplers by name.</summary>
public enum SamplerKind
{
    /// <summary>The hardest first.</summary>
    HardestFirst,

    /// <summary>Every resident alike: being in the pool is hard enough.</summary>
    Uniform,

    /// <summary>In proportion to a power of the hardness.</summary>
    Proportional,

    /// <summary>By a power of the rank.</summary>
    Rank,

    /// <summary>By a power of the percentile.</summary>
    Percentile,

    /// <summary>One from each of as many equal parts of the ranks.</summary>
    Stratified,
}

/// <summary>How candidates are drawn from the pool.</summary>
public sealed class SamplingOptions
{
    /// <summary>
    /// Uniform is the default: the very hardest are often wrong labels or beyond the model, and a diet of them alone
    /// learns less (arXiv 1511.05952, section 3.3, says so of greedy replay).
    /// </summary>
    public SamplerKind Kind { get; set; } = SamplerKind.Uniform;

    /// <summary>For <see cref="SamplerKind.Proportional"/>.</summary>
    [Required]
    public ProportionalOptions Proportional { get; set; } = new();

    /// <summary>For <see cref="SamplerKind.Rank"/>: the power of the rank.</summary>
    [Range(0.0, 10.0)]
    public double RankAlpha { get; set; } = 0.7;

    /// <summary>For <see cref="SamplerKind.Rank"/>: how far losses are corrected for it.</summary>
    [Range(0.0, 1.0)]
    public double RankBeta { get; set; } = 0.4;

    /// <summary>For <see cref="SamplerKind.Percentile"/>: the power of the percentile.</summary>
    [Range(0.0, 100.0)]
    public double PercentileBeta { get; set; } = 1;

    /// <summary>A sampler of this kind, new.</summary>
    public ISampler Create() => Kind switch
    {
        SamplerKind.HardestFirst => new HardestFirstSampler(),
        SamplerKind.Uniform => new UniformSampler(),
        SamplerKind.Proportional => new ProportionalSampler(Proportional),
        SamplerKind.Rank => new RankSampler(RankAlpha, RankBeta),
        SamplerKind.Percentile => new PercentileSampler(PercentileBeta),
        SamplerKind.Stratified => new StratifiedSampler(),
        _ => throw new InvalidOperationException($"There is no sampler {Kind}."),
    };
}
