using HnmStreams.Evaluation.Comparing;

namespace HnmStreams.Pipeline.Flow.Promotion;

/// <summary>The decision about a version, with the reason.</summary>
/// <param name="Value">The metric on the held-out share; NaN if it is not defined.</param>
/// <param name="AgainstBest">The uplift over the best version before it, on the same examples; null if there was none.</param>
/// <param name="Promoted">True if the version was promoted.</param>
public sealed record PromotionDecision(long Version, DateTimeOffset At, string Metric, double Value, Uplift? AgainstBest, bool Promoted, string Reason);
