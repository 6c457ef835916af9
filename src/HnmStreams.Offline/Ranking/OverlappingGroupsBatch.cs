using HnmStreams.Data.Rows;
using HnmStreams.Offline.Storage;

namespace HnmStreams.Offline.Ranking;

/// <summary>
/// The rows of one batch of a data set whose groups overlap. A loss takes rows that share no group for negatives of each other. Therefore
/// no candidate that is relevant to an anchor, or a copy of one, enters the batch for another anchor.
/// </summary>
internal sealed class OverlappingGroupsBatch(ExampleStore store, GroupRules rules)
{
    private readonly HashSet<int> _rows = [];
    private readonly List<int> _anchors = [];

    public void Clear()
    {
        _rows.Clear();
        _anchors.Clear();
    }

    /// <summary>Adds an anchor with its positive and its negatives, given by their store numbers. Nothing is added if the batch holds another positive of the anchor, or the positive belongs to another anchor.</summary>
    /// <returns>False if nothing was added.</returns>
    public bool Add(int anchor, int positive, IEnumerable<int> negatives, RowBuffer into)
    {
        var query = Array.BinarySearch(rules.Anchors, anchor);
        if (_rows.Contains(anchor) || _rows.Contains(positive) || !FitsAll(anchor) || !FitsAll(positive) || _rows.Any(row => !IsNegativeOf(query, row)))
            return false;
        _anchors.Add(query);
        Add(anchor, into);
        Add(positive, into);
        foreach (var negative in negatives)
        {
            if (!_rows.Contains(negative) && FitsAll(negative))
                Add(negative, into);
        }

        return true;
    }

    private bool FitsAll(int row) => _anchors.TrueForAll(query => IsNegativeOf(query, row));

    // An example that is no candidate, such as another query, is not known to be relevant.
    private bool IsNegativeOf(int query, int row) => Array.BinarySearch(rules.Candidates, row) is not (>= 0 and var candidate) || rules.CanBeNegative(query, candidate);

    private void Add(int row, RowBuffer into)
    {
        _rows.Add(row);
        store.Read(row, into);
    }
}
