using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Mining.Sampling;

/// <summary>The samplers.</summary>
public enum SamplerKind
{
    /// <summary>The hardest candidates first.</summary>
    HardestFirst,

    /// <summary>All candidates with equal probability.</summary>
    Uniform,

    /// <summary>In proportion to a power of the hardness.</summary>
    Proportional,

    /// <summary>In proportion to a power of the rank.</summary>
    Rank,

    /// <summary>In proportion to a power of the percentile.</summary>
    Percentile,

    /// <summary>One candidate from each of as many equal parts of the ranking as candidates are drawn.</summary>
    Stratified,
}

/// <summary>The strategy for drawing candidates from the pool.</summary>
public sealed class SamplingOptions
{
    /// <summary>
    /// The sampler. The default is uniform: the very hardest candidates are often label errors or beyond the model, and training on them
    /// alone gives worse models (arXiv 1511.05952, section 3.3, reports this for greedy replay).
    /// </summary>
    public SamplerKind Kind { get; set; } = SamplerKind.Uniform;

    /// <summary>Settings of <see cref="SamplerKind.Proportional"/>.</summary>
    [Required]
    public ProportionalOptions Proportional { get; set; } = new();

    /// <summary>Exponent of the rank for <see cref="SamplerKind.Rank"/>; 0 draws uniformly.</summary>
    [Range(0.0, 10.0)]
    public double RankAlpha { get; set; } = 0.7;

    /// <summary>Degree of the importance-sampling correction for <see cref="SamplerKind.Rank"/>: 0 for none, 1 for full correction.</summary>
    [Range(0.0, 1.0)]
    public double RankBeta { get; set; } = 0.4;

    /// <summary>Exponent of the percentile for <see cref="SamplerKind.Percentile"/>; 0 draws uniformly.</summary>
    [Range(0.0, 100.0)]
    public double PercentileBeta { get; set; } = 1;

    /// <summary>Creates a sampler of this kind.</summary>
    /// <exception cref="InvalidOperationException"><see cref="Kind"/> is not a defined value.</exception>
    public ISampler Create() => Kind switch
    {
        SamplerKind.HardestFirst => new HardestFirstSampler(),
        SamplerKind.Uniform => new UniformSampler(),
        SamplerKind.Proportional => new ProportionalSampler(Proportional),
        SamplerKind.Rank => new RankSampler(RankAlpha, RankBeta),
        SamplerKind.Percentile => new PercentileSampler(PercentileBeta),
        SamplerKind.Stratified => new StratifiedSampler(),
        _ => throw new InvalidOperationException($"'{nameof(Kind)}' must be a sampler but is {Kind}."),
    };
}
