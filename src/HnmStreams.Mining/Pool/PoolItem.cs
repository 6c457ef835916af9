namespace HnmStreams.Mining.Pool;

/// <summary>A candidate in the pool.</summary>
/// <param name="Key">Key of the candidate.</param>
/// <param name="Payload">Handle of its data.</param>
/// <param name="Hardness">Hardness; larger is harder.</param>
/// <param name="Version">Model version that computed the hardness.</param>
/// <param name="Uses">Number of times it was drawn.</param>
/// <param name="Bytes">Size in bytes that counts against the bound of the pool.</param>
public readonly record struct PoolItem<TId, TPayload>(
    CandidateKey<TId> Key, TPayload Payload, float Hardness, long Version, int Uses, int Bytes)
    where TId : struct, IEquatable<TId>;

/// <summary>A candidate that was drawn for training.</summary>
/// <param name="Item">The candidate after this use was counted.</param>
/// <param name="Slot">Its slot in the pool at the time of the draw.</param>
/// <param name="Weight">Factor for its loss; 1 if the sampler does not correct for its bias.</param>
public readonly record struct DrawnItem<TId, TPayload>(PoolItem<TId, TPayload> Item, int Slot, float Weight)
    where TId : struct, IEquatable<TId>;

/// <summary>The result of an offer.</summary>
public enum OfferOutcome
{
    /// <summary>The candidate was added to the pool; easier candidates may have been evicted.</summary>
    Added,

    /// <summary>The key was already in the pool: its hardness was updated, and the offered payload was not taken.</summary>
    Updated,

    /// <summary>The candidate was not hard enough, not finite, or too large: the payload was not taken.</summary>
    Refused,
}
