namespace HnmStreams.Pipeline.Scoring;

/// <summary>A snapshot of the scorers.</summary>
/// <param name="Seconds">Compute seconds, summed over the scorers.</param>
public sealed record ScoringStatus(double Seconds);
