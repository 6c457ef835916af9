namespace HnmStreams.Mining.Pool;

/// <summary>A candidate as the pool knows it.</summary>
/// <param name="Hardness">Larger is harder.</param>
/// <param name="Version">Model version that gave the hardness.</param>
/// <param name="Uses">How often it was drawn.</param>
/// <param name="Bytes">What it counts against the pool's bound.</param>
public readonly record struct PoolItem<TId, TPayload>(
    CandidateKey<TId> Key, TPayload Payload, float Hardness, long Version, int Uses, int Bytes)
    where TId : struct, IEquatable<TId>;

/// <summary>A candidate that was drawn for training.</summary>
/// <param name="Item">As it stands after this use was counted.</param>
/// <param name="Slot">Its slot, which was its own while it was resident.</param>
/// <param name="Weight">What its loss is to be multiplied by; 1 where the sampler does not correct.</param>
public readonly record struct DrawnItem<TId, TPayload>(PoolItem<TId, TPayload> Item, int Slot, float Weight)
    where TId : struct, IEquatable<TId>;

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
