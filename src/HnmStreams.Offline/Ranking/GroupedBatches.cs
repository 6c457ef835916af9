using HnmStreams.Data.Rows;
using HnmStreams.Mining.Randomness;
using HnmStreams.Offline.Storage;

namespace HnmStreams.Offline.Ranking;

/// <summary>
/// Batches of anchors, each with one of its positives and its mined negatives. The rows of the other anchors are easy negatives. An
/// example that is drawn twice for a batch is one row. In a data set whose groups overlap, an anchor whose positive is relevant to another
/// anchor of the batch is left out and waits for the next pass.
/// </summary>
internal sealed class GroupedBatches : IRoundBatches
{
    private readonly ExampleStore _store;
    private readonly GroupRules _rules;
    private readonly MinedSet? _mined;
    private readonly Xoshiro256StarStar _generator;
    private readonly int[] _order;
    private readonly int _anchors;
    private readonly HashSet<int> _taken = [];
    private readonly OverlappingGroupsBatch _overlapping;
    private int _next;

    public GroupedBatches(ExampleStore store, GroupRules rules, int anchors, MinedSet? mined, Xoshiro256StarStar generator)
    {
        (_store, _rules, _mined, _generator) = (store, rules, mined, generator);
        _overlapping = new OverlappingGroupsBatch(store, rules);
        _order = [.. Enumerable.Range(0, mined?.Count ?? rules.Anchors.Length)];
        (_anchors, _next) = (Math.Min(anchors, _order.Length), _order.Length);
    }

    public int StepsForAll => _mined is null || _anchors == 0 ? 0 : (_order.Length + _anchors - 1) / _anchors;

    public void Next(RowBuffer rows)
    {
        rows.Clear();
        _taken.Clear();
        _overlapping.Clear();
        for (var i = 0; i < _anchors; i++)
        {
            if (_next == _order.Length)
            {
                _generator.Shuffle(_order.AsSpan());
                _next = 0;
            }

            var number = _order[_next++];
            if (_store.HasOverlappingGroups)
                AddOverlapping(number, rows);
            else
                Add(number, rows);
        }
    }

    private void AddOverlapping(int number, RowBuffer rows)
    {
        if (_mined is null)
        {
            var positives = _rules.PositivesOf(number);
            _overlapping.Add(_rules.Anchors[number], _rules.Candidates[positives[_generator.NextInt32(positives.Length)]], [], rows);
            return;
        }

        var entry = _mined[number];
        _overlapping.Add(entry.Anchor, entry.Positives[_generator.NextInt32(entry.Positives.Count)].Row, entry.Negatives.Select(static n => n.Row), rows);
    }

    private void Add(int number, RowBuffer rows)
    {
        if (_mined is null)
        {
            Add(_rules.Anchors[number]);
            var positives = _rules.PositivesOf(number);
            Add(_rules.Candidates[positives[_generator.NextInt32(positives.Length)]]);
            return;
        }

        var entry = _mined[number];
        Add(entry.Anchor);
        Add(entry.Positives[_generator.NextInt32(entry.Positives.Count)].Row);
        foreach (var negative in entry.Negatives)
            Add(negative.Row);

        void Add(int row)
        {
            if (_taken.Add(row))
                _store.Read(row, rows);
        }
    }
}
