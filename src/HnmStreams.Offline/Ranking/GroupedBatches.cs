using HnmStreams.Data.Rows;
using HnmStreams.Mining.Randomness;
using HnmStreams.Offline.Storage;

namespace HnmStreams.Offline.Ranking;

/// <summary>
/// Batches of anchors, each with one of its positives and its mined negatives. The rows of the other anchors are easy negatives. An
/// example that is drawn twice for a batch is one row.
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
    private int _next;

    public GroupedBatches(ExampleStore store, GroupRules rules, int anchors, MinedSet? mined, Xoshiro256StarStar generator)
    {
        (_store, _rules, _mined, _generator) = (store, rules, mined, generator);
        _order = [.. Enumerable.Range(0, mined?.Count ?? rules.Anchors.Length)];
        (_anchors, _next) = (Math.Min(anchors, _order.Length), _order.Length);
    }

    public int StepsForAll => _mined is null || _anchors == 0 ? 0 : (_order.Length + _anchors - 1) / _anchors;

    public void Next(RowBuffer rows)
    {
        rows.Clear();
        _taken.Clear();
        for (var i = 0; i < _anchors; i++)
        {
            if (_next == _order.Length)
            {
                _generator.Shuffle(_order.AsSpan());
                _next = 0;
            }

            Add(_order[_next++], rows);
        }
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
