namespace HnmStreams.Pipeline.Budget;

/// <summary>What mining may cost from now on, and why.</summary>
/// <param name="ScoredShare">Share of the arrivals that is scored, 0 to 1; 0 is plain random negatives.</param>
/// <param name="HardShare">Share of a batch's negatives that is drawn from the pool, 0 to 1.</param>
/// <param name="CandidatesPerTrained">Examples scored for each row trained on, at that share.</param>
/// <param name="ScoredShareIsFixed">The user has set it: it is left alone.</param>
/// <param name="HardShareIsFixed">The user has set it: it is left alone.</param>
/// <param name="Reason">One sentence for a person, with the figures that decided.</param>
public sealed record BudgetDecision(
    double ScoredShare,
    double HardShare,
    double CandidatesPerTrained,
    bool ScoredShareIsFixed,
    bool HardShareIsFixed,
    string Reason,
    DateTimeOffset At);
