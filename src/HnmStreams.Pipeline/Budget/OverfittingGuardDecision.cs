namespace HnmStreams.Pipeline.Budget;

/// <summary>The reduction of mining at present, with the reason.</summary>
/// <param name="BackoffLevel">The level by which mining is reduced; 0 is no reduction.</param>
/// <param name="HardShare">The share of a batch's negatives that is drawn from the pool, 0 to 1.</param>
/// <param name="MaxUses">The number of times that a candidate is drawn before it leaves the pool; 0 is unlimited.</param>
/// <param name="Reason">One sentence with the figures that decided.</param>
/// <param name="At">The time of the decision.</param>
public sealed record OverfittingGuardDecision(int BackoffLevel, double HardShare, int MaxUses, string Reason, DateTimeOffset At);
