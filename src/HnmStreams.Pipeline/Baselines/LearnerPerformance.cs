namespace HnmStreams.Pipeline.Baselines;

/// <summary>The metrics and the cost of one of the compared learners.</summary>
/// <param name="HeldOut">Metrics on the held-out share by name; NaN if one is not defined yet.</param>
/// <param name="Steps">Steps applied.</param>
/// <param name="TrainedRows">Rows in applied steps.</param>
/// <param name="ScoringSeconds">Compute seconds spent on scoring, summed over scorers; 0 for a baseline.</param>
/// <param name="TrainingSeconds">Compute seconds spent in steps.</param>
/// <param name="Test">Metrics on the user's labeled set at the last request; null if none exists.</param>
public sealed record LearnerPerformance(
    IReadOnlyDictionary<string, double> HeldOut,
    long Steps,
    long TrainedRows,
    double ScoringSeconds,
    double TrainingSeconds,
    IReadOnlyDictionary<string, double>? Test = null);
