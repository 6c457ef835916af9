namespace HnmStreams.Pipeline.Budget;

/// <summary>The mining budget from now on, with the reason.</summary>
/// <param name="ScoredShare">The share of the arrivals that is scored, 0 to 1; 0 means random negatives only.</param>
/// <param name="HardShare">The share of a batch's negatives that is drawn from the pool, 0 to 1.</param>
/// <param name="CandidatesPerTrained">Examples scored per trained row at that share.</param>
/// <param name="ScoredShareIsFixed">True if the user has set the scored share, so that it does not change.</param>
/// <param name="HardShareIsFixed">True if the user has set the hard share, so that it does not change.</param>
/// <param name="Reason">One sentence with the figures that decided.</param>
/// <param name="At">The time of the decision.</param>
public sealed record BudgetDecision(
    double ScoredShare,
    double HardShare,
    double CandidatesPerTrained,
    bool ScoredShareIsFixed,
    bool HardShareIsFixed,
    string Reason,
    DateTimeOffset At);
