namespace HnmStreams.Mining.Pool;

/// <summary>A candidate as the pool knows it.</summary>
/// <param name="Hardness">Larger is harder.</param>
/// <param name="Version">Model version that gave the hardness.</param>
/// <param name="Uses">How often it was drawn.</param>
/// <param name="Bytes">What it counts against the pool's bound.</param>
public readonly record struct PoolItem<TKey, TPayload>(
    TKey Key, TPayload Payload, float Hardness, long Version, int Uses, int Bytes);

/// <summary>What became of an offer.</summary>
public enum OfferOutcome
{
    /// <summary>It is in the pool; something easier may have left for it.</summary>
    Added,

    /// <summary>The key was there already: its hardness was updated, the payload offered was not taken.</summary>
    Resident,

    /// <summary>Not hard enough, not finite, or too large: the payload was not taken.</summary>
    Refused,
}

/// <summary>In which order a pool gives.</summary>
public enum DrawOrder
{
    /// <summary>The hardest first.</summary>
    Hardest,

    /// <summary>Every candidate alike: being in the pool is hard enough.</summary>
    Uniform,
}
