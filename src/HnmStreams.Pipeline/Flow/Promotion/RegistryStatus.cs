namespace HnmStreams.Pipeline.Flow.Promotion;

/// <summary>The state of the model registry.</summary>
/// <param name="Gated">True if versions have to pass the gate. In exact mode, or if the gate is off, the newest version counts as promoted.</param>
/// <param name="Newest">The version that was published last.</param>
/// <param name="Promoted">The card of the version that a user should take, which is the pinned one if a person has pinned one; null before the first.</param>
/// <param name="Best">The version with the best metric, with which others are compared; null before the first.</param>
/// <param name="Decisions">The last decisions, newest first.</param>
public sealed record RegistryStatus(bool Gated, long Newest, ModelCard? Promoted, long? Best, IReadOnlyList<PromotionDecision> Decisions)
{
    /// <summary>The version that a person has pinned; null if the gate decides.</summary>
    public long? Pinned { get; init; }

    /// <summary>The cards of the promoted versions on disk, newest first. A person can return to them.</summary>
    public IReadOnlyList<ModelCard> Kept { get; init; } = [];
}
