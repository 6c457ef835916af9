using HnmStreams.Data.Records;
using HnmStreams.Evaluation.Calibration;

namespace HnmStreams.Pipeline.Flow.Promotion;

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
    IReadOnlyList<StreamPosition> Positions,
    OutputCalibration? Calibration = null,
    string? Promotion = null);
