using HnmStreams.Mining.Selection;
using HnmStreams.Offline.Search;

namespace HnmStreams.Host.Bench.Searching;

/// <summary>Each query has one positive, and its score bounds the negatives'.</summary>
internal sealed class OnePositive(int[] positives, PositiveAwareOptions filter) : ISearchRules
{
    public ReadOnlySpan<int> PositivesOf(int query) => positives.AsSpan(query, 1);

    public ReadOnlySpan<int> ExcludedOf(int query) => positives.AsSpan(query, 1);

    public (float Least, float Most) BoundsOf(ReadOnlySpan<float> positives) =>
        (float.NegativeInfinity, PositiveAwareFilter.Bound(positives, filter));
}
