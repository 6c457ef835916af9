namespace HnmStreams.Offline.Search;

/// <summary>The result of one query.</summary>
/// <param name="Positives">The candidates that are the query's positives.</param>
/// <param name="PositiveScores">The scores of <paramref name="Positives"/>, in the same order.</param>
/// <param name="Candidates">The best candidates within the bounds, best first.</param>
/// <param name="Scores">The scores of <paramref name="Candidates"/>, in the same order.</param>
/// <param name="AboveBound">The number of candidates above the upper bound: suspected positives.</param>
/// <param name="HighestAboveBound">The highest-scored of those; null if there are none.</param>
public sealed record SearchResult(
    int Query,
    IReadOnlyList<int> Positives,
    IReadOnlyList<float> PositiveScores,
    IReadOnlyList<int> Candidates,
    IReadOnlyList<float> Scores,
    long AboveBound,
    (int Candidate, float Score)? HighestAboveBound);
