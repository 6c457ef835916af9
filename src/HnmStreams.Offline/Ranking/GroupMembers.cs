using HnmStreams.Offline.Storage;

namespace HnmStreams.Offline.Ranking;

/// <summary>The candidates of each group, and those that an anchor must not have as negatives. Candidates are positions, ascending.</summary>
internal sealed class GroupMembers
{
    private readonly ExampleStore _store;
    private readonly int[] _candidates;
    private readonly Dictionary<int, int[]> _byLabel;
    private readonly Dictionary<ulong, int[]> _copies;
    private readonly Dictionary<int, int[]> _excludedByLabel = [];

    /// <param name="candidates">The store numbers of the candidates, ascending.</param>
    public GroupMembers(ExampleStore store, int[] candidates)
    {
        (_store, _candidates) = (store, candidates);
        _byLabel = candidates.SelectMany((row, position) => store.FurtherLabelsOf(row).Append(store.LabelOf(row)).Select(label => (label, position)))
            .GroupBy(static p => p.label, static p => p.position)
            .ToDictionary(static g => g.Key, static g => g.ToArray());
        _copies = Enumerable.Range(0, candidates.Length).GroupBy(position => store.ContentOf(candidates[position]))
            .Where(static g => g.Skip(1).Any())
            .ToDictionary(static g => g.Key, static g => g.ToArray());
    }

    /// <summary>Returns the candidates that share a group with an example, itself included if it is a candidate.</summary>
    public int[] Of(int row)
    {
        var own = _byLabel.GetValueOrDefault(_store.LabelOf(row), []);
        var others = _store.FurtherLabelsOf(row);
        return others.Count == 0 ? own : [.. others.SelectMany(label => _byLabel.GetValueOrDefault(label, [])).Concat(own).Distinct().Order()];
    }

    /// <summary>
    /// Returns the candidates that are never negatives of an example: those of its groups, and copies of them under other ids. The array
    /// is shared by all examples that are in one group only.
    /// </summary>
    public int[] ExcludedOf(int row)
    {
        if (_store.FurtherLabelsOf(row).Count > 0)
            return WithCopies(Of(row));
        var label = _store.LabelOf(row);
        if (!_excludedByLabel.TryGetValue(label, out var excluded))
            _excludedByLabel.Add(label, excluded = WithCopies(Of(row)));
        return excluded;
    }

    private int[] WithCopies(int[] members)
    {
        var copies = members.SelectMany(position => _copies.GetValueOrDefault(_store.ContentOf(_candidates[position]), [])).ToArray();
        return copies.Length == 0 ? members : [.. members.Concat(copies).Distinct().Order()];
    }
}
