namespace HnmStreams.Offline.Search;

/// <summary>What a search has to know of its queries. Safe from several threads.</summary>
public interface ISearchRules
{
    /// <summary>Candidates that are the query's positives; their scores bound what may be its negative.</summary>
    ReadOnlySpan<int> PositivesOf(int query);

    /// <summary>Candidates that are never its negatives, ascending: all its positives, and itself.</summary>
    ReadOnlySpan<int> ExcludedOf(int query);

    /// <summary>The scores that a negative may have.</summary>
    /// <param name="positives">Scores of <see cref="PositivesOf"/>, in its order.</param>
    (float Least, float Most) BoundsOf(ReadOnlySpan<float> positives);
}

/// <summary>What was found for one query.</summary>
/// <param name="Positives">Its positives.</param>
/// <param name="PositiveScores">Beside each.</param>
/// <param name="Candidates">The best that are allowed, best first.</param>
/// <param name="Scores">Beside each.</param>
/// <param name="TooLike">How many candidates scored above what is allowed: suspected positives.</param>
/// <param name="MostLike">The best of those.</param>
public sealed record Neighbours(
    int Query,
    IReadOnlyList<int> Positives,
    IReadOnlyList<float> PositiveScores,
    IReadOnlyList<int> Candidates,
    IReadOnlyList<float> Scores,
    long TooLike,
    (int Candidate, float Score)? MostLike);
