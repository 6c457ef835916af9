namespace HnmStreams.Pipeline.Budget;

/// <summary>How far mining is eased off at present, and why.</summary>
/// <param name="Eased">Steps off; 0 is not at all.</param>
/// <param name="HardShare">Share of a batch's negatives that is drawn from the pool, 0 to 1.</param>
/// <param name="MaximumUses">How often a candidate is drawn before it leaves; 0 is unlimited.</param>
/// <param name="Reason">One sentence for a person, with the figures that decided.</param>
public sealed record OverfittingGuardDecision(int Eased, double HardShare, int MaximumUses, string Reason, DateTimeOffset At);
