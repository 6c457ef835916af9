using HnmStreams.Evaluation.Calibration;
using HnmStreams.Evaluation.Comparing;

namespace HnmStreams.Pipeline.Flow;

/// <summary>The decision about a version, with the reason.</summary>
/// <param name="Value">The metric on the held-out share; NaN if it is not defined.</param>
/// <param name="AgainstBest">The uplift over the best version before it, on the same examples; null if there was none.</param>
/// <param name="Promoted">True if the version was promoted.</param>
public sealed record PromotionDecision(long Version, DateTimeOffset At, string Metric, double Value, Uplift? AgainstBest, bool Promoted, string Reason);

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

/// <summary>The description of a model beside its weights.</summary>
/// <param name="CreatedAt">The time of the promotion, or of saving if there is no gate.</param>
/// <param name="Steps">The steps of the learner at that time.</param>
/// <param name="Consumed">The examples that the learner had consumed at that time.</param>
/// <param name="HeldOut">The metrics on the held-out share, without those that are not defined.</param>
/// <param name="Positions">The positions of the learner at that time.</param>
/// <param name="Calibration">The mapping of outputs to probabilities; null if the task's outputs are not probabilities, or too few examples were held out.</param>
/// <param name="Promotion">The reason for the promotion; null if there is no gate.</param>
public sealed record ModelCard(
    string Task,
    long Version,
    DateTimeOffset CreatedAt,
    long Steps,
    long Consumed,
    IReadOnlyDictionary<string, double> HeldOut,
    IReadOnlyList<Data.Records.StreamPosition> Positions,
    OutputCalibration? Calibration = null,
    string? Promotion = null);
