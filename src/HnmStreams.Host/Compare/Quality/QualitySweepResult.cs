namespace HnmStreams.Host.Compare.Quality;

/// <summary>The batch size and learning rate of a method.</summary>
/// <param name="Chosen">The pair of the reported runs.</param>
/// <param name="Tried">The results of all pairs on the validation share of the training part; empty if there was one pair only.</param>
internal sealed record QualitySweepResult(QualityTuning Chosen, IReadOnlyList<QualitySweepPoint> Tried);

/// <summary>The result of one pair.</summary>
/// <param name="Mean">The mean metric over all budgets.</param>
internal sealed record QualitySweepPoint(QualityTuning Tuning, double Mean);
