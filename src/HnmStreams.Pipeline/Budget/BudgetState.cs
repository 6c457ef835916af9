namespace HnmStreams.Pipeline.Budget;

/// <summary>All that the controller remembers from one comparison to the next.</summary>
/// <param name="Candidates">Examples scored for each row trained on; 0 is random negatives only.</param>
/// <param name="Seen">Comparisons since that was changed.</param>
/// <param name="Rest">Comparisons that it stays at 0 the next time; doubles with each time.</param>
/// <param name="AtChange">How far ahead of random at equal compute the learner was then.</param>
internal readonly record struct BudgetState(double Candidates, int Seen, int Rest, double AtChange)
{
    public const int FirstRest = 4;

    public static BudgetState At(MiningBudgetOptions options) => new(options.StartCandidates, 0, FirstRest, 0);
}
