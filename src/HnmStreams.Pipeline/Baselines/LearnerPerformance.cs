namespace HnmStreams.Pipeline.Baselines;

/// <summary>How one of the learners that are compared stands, and what it cost.</summary>
/// <param name="HeldOut">Metrics on the held-out share by name; NaN where one is not defined yet.</param>
/// <param name="Steps">Steps applied.</param>
/// <param name="TrainedRows">Rows in applied steps.</param>
/// <param name="ScoringSeconds">Compute seconds spent on choosing its negatives, summed over scorers; 0 for those drawn at random.</param>
/// <param name="TrainingSeconds">Compute seconds spent in steps.</param>
/// <param name="Test">Metrics on the user's labelled set when it was last asked for; null where there is none.</param>
public sealed record LearnerPerformance(
    IReadOnlyDictionary<string, double> HeldOut,
    long Steps,
    long TrainedRows,
    double ScoringSeconds,
    double TrainingSeconds,
    IReadOnlyDictionary<string, double>? Test = null);
