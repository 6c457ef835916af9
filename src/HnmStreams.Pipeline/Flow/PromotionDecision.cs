using HnmStreams.Evaluation.Calibration;
using HnmStreams.Evaluation.Comparing;

namespace HnmStreams.Pipeline.Flow;

/// <summary>Whether a version became the latest, and why.</summary>
/// <param name="Value">The metric on the held-out share; NaN where it is not defined.</param>
/// <param name="AgainstBest">By how much it is ahead of the best before it, on the same examples; null where there was none.</param>
public sealed record PromotionDecision(long Version, DateTimeOffset At, string Metric, double Value, Uplift? AgainstBest, bool Promoted, string Reason);

/// <summary>How the models of this run stand.</summary>
/// <param name="Gated">Whether versions have to pass the gate; in exact mode, and where it is switched off, the newest is the latest.</param>
/// <param name="Newest">Published last.</param>
/// <param name="Latest">The card of the one that a user should take; null before the first.</param>
/// <param name="Best">Version of the best metric, which others are measured against; null before the first.</param>
/// <param name="Decisions">The last ones, newest first.</param>
public sealed record RegistryStatus(bool Gated, long Newest, ModelCard? Latest, long? Best, IReadOnlyList<PromotionDecision> Decisions);

/// <summary>What a model is, beside its weights.</summary>
/// <param name="SavedAt">When it was promoted, or saved where there is no gate.</param>
/// <param name="Steps">Of the learner then.</param>
/// <param name="Consumed">Of the learner then.</param>
/// <param name="HeldOut">Metrics on the held-out share; those that are not defined are left out.</param>
/// <param name="Positions">How far the stream was taken in then.</param>
/// <param name="Calibration">How its outputs become probabilities; null where the task's are none, or too few examples were held out.</param>
/// <param name="Promotion">Why it is the latest; null where there is no gate.</param>
public sealed record ModelCard(
    string Task,
    long Version,
    DateTimeOffset SavedAt,
    long Steps,
    long Consumed,
    IReadOnlyDictionary<string, double> HeldOut,
    IReadOnlyList<Data.Records.StreamPosition> Positions,
    OutputCalibration? Calibration = null,
    string? Promotion = null);
