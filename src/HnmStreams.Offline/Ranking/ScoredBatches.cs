using HnmStreams.Data.Rows;
using HnmStreams.Mining.Composition;
using HnmStreams.Mining.Randomness;
using HnmStreams.Offline.Storage;
using HnmStreams.Tasks;

namespace HnmStreams.Offline.Ranking;

/// <summary>Batches with the ratios of the task's mix plan. Positives and random negatives are drawn at random; mined negatives are used in passes, shuffled per pass.</summary>
internal sealed class ScoredBatches : IRoundBatches
{
    private readonly ExampleStore _store;
    private readonly Xoshiro256StarStar _generator;
    private readonly MixPlan _plan;
    private readonly int[] _mined;
    private int _next;

    public ScoredBatches(IMiningTask task, MixOptions mix, ExampleStore store, MinedSet? mined, Xoshiro256StarStar generator)
    {
        (_store, _generator) = (store, generator);
        _mined = mined is null ? [] : [.. Enumerable.Range(0, mined.Count).SelectMany(i => mined[i].Negatives).Select(n => n.Row)];
        _next = _mined.Length;
        _plan = task.Compose(mix, new MixSupply(0, store.Positives.Count, _mined.Length, store.Count - store.Positives.Count), _mined.Length > 0);
    }

    public int StepsForAll => _plan.HardNegatives == 0 ? 0 : (_mined.Length + _plan.HardNegatives - 1) / _plan.HardNegatives;

    public void Next(RowBuffer rows)
    {
        rows.Clear();
        for (var i = 0; i < _plan.NewPositives + _plan.ReservoirPositives; i++)
            _store.Read(_store.Positives[_generator.NextInt32(_store.Positives.Count)], rows);
        for (var i = 0; i < _plan.HardNegatives; i++)
            _store.Read(NextMined(), rows);
        for (var i = 0; i < _plan.RandomNegatives; i++)
            _store.Read(RandomNegative(), rows);
    }

    private int NextMined()
    {
        if (_next == _mined.Length)
        {
            _generator.Shuffle(_mined.AsSpan());
            _next = 0;
        }

        return _mined[_next++];
    }

    // The n-th negative. A binary search finds the number of positives before it.
    private int RandomNegative()
    {
        var n = _generator.NextInt32(_store.Count - _store.Positives.Count);
        var (low, high) = (0, _store.Positives.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_store.Positives[middle] - middle <= n)
                low = middle + 1;
            else
                high = middle;
        }

        return n + low;
    }
}
