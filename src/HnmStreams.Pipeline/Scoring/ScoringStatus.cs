namespace HnmStreams.Pipeline.Scoring;

/// <summary>A snapshot of the scorers.</summary>
/// <param name="Seconds">Compute seconds of scoring for mining, summed over the scorers.</param>
/// <param name="PredictingSeconds">Compute seconds of predictions for unlabeled examples in this process, summed over the scorers.</param>
/// <param name="Latency">The time from arrival to prediction; null before the first prediction.</param>
public sealed record ScoringStatus(double Seconds, double PredictingSeconds = 0, LatencyStatus? Latency = null);
