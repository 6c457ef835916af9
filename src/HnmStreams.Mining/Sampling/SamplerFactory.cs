namespace HnmStreams.Mining.Sampling;

/// <summary>The samplers by name.</summary>
public enum SamplerKind
{
    /// <summary>The hardest first.</summary>
    HardestFirst,

    /// <summary>Every resident alike: being in the pool is hard enough.</summary>
    Uniform,
}

/// <summary>Samplers from configuration.</summary>
public static class SamplerFactory
{
    /// <exception cref="ArgumentOutOfRangeException">No such kind.</exception>
    public static ISampler Create(SamplingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.Kind switch
        {
            SamplerKind.HardestFirst => new HardestFirstSampler(),
            SamplerKind.Uniform => new UniformSampler(),
            _ => throw new ArgumentOutOfRangeException(nameof(options), options.Kind, "No such sampler."),
        };
    }
}
