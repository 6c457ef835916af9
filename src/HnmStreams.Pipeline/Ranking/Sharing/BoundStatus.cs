namespace HnmStreams.Pipeline.Ranking.Sharing;

/// <summary>The effect of the bounds by which score nodes select the payloads that they send, since the start of this learner. Immutable.</summary>
/// <param name="Admitted">Candidates that were in the pool after their batch.</param>
/// <param name="Missed">Candidates that would have been, and examples that a reservoir would have taken, but whose payload was not sent.</param>
public sealed record BoundStatus(long Admitted, long Missed);
