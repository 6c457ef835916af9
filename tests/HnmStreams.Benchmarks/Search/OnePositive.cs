using HnmStreams.Mining.Selection;
using HnmStreams.Offline.Search;

namespace HnmStreams.Benchmarks.Search;

/// <summary>Search rules under which each query has one positive, whose score bounds the scores of the negatives.</summary>
internal sealed class OnePositive(int[] positives, PositiveAwareOptions filter) : ISearchRules
{
    public ReadOnlySpan<int> PositivesOf(int query) => positives.AsSpan(query, 1);

    public ReadOnlySpan<int> ExcludedOf(int query) => positives.AsSpan(query, 1);

    public (float Min, float Max) BoundsOf(ReadOnlySpan<float> positives) =>
        (float.NegativeInfinity, PositiveAwareFilter.Bound(positives, filter));
}
