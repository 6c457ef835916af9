namespace HnmStreams.Offline.Search;

/// <summary>The positives, exclusions and score bounds of each query. Thread-safe.</summary>
public interface ISearchRules
{
    /// <summary>Returns the candidates that are the query's positives. Their scores bound those of its negatives.</summary>
    ReadOnlySpan<int> PositivesOf(int query);

    /// <summary>Returns the candidates that are never its negatives, ascending: all its positives and the query itself.</summary>
    ReadOnlySpan<int> ExcludedOf(int query);

    /// <summary>Returns the range of scores that a negative may have.</summary>
    /// <param name="positives">The scores of <see cref="PositivesOf"/>, in the same order.</param>
    (float Min, float Max) BoundsOf(ReadOnlySpan<float> positives);
}
