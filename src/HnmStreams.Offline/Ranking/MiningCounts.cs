namespace HnmStreams.Offline.Ranking;

/// <summary>The counts and mean scores of one ranking.</summary>
/// <param name="Ranked">The number of compared pairs of anchor and negative, or of examples if the task does not embed.</param>
/// <param name="Suspected">The number of negatives removed by the positive-aware filters.</param>
/// <param name="Refuted">The number of negatives removed by the second model or the teacher.</param>
/// <param name="Anchors">The number of anchors with at least one negative.</param>
/// <param name="Mined">The number of negatives kept.</param>
/// <param name="MeanScore">The mean score of the negatives kept.</param>
/// <param name="PositiveScore">The mean score of the positives, or the median of the class's positives if the task does not embed.</param>
public sealed record MiningCounts(long Ranked, long Suspected, long Refuted, long Anchors, long Mined, double MeanScore, double PositiveScore);
