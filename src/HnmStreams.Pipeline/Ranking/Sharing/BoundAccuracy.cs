using HnmStreams.Data.Examples;
using HnmStreams.Mining.Pool;
using HnmStreams.Pipeline.Flow;

namespace HnmStreams.Pipeline.Ranking.Sharing;

/// <summary>
/// The count of candidates that the pool missed because a score node did not send their payloads, and of those that entered. Only those count that
/// are in the pool after their batch, or would be: batches are drawn between two batches, and a candidate that harder ones of its own batch displace
/// is never drawn.
/// </summary>
/// <remarks>One owner. O(1) per candidate.</remarks>
internal sealed class BoundAccuracy
{
    private readonly List<float> _entered = [];
    private readonly List<float> _missed = [];
    private long _admitted;
    private long _missedCount;

    /// <summary>The counts of all batches that have ended.</summary>
    public BoundStatus Status => new(_admitted, _missedCount);

    /// <summary>Notes a candidate that has entered the pool.</summary>
    public void Enter(float hardness) => _entered.Add(hardness);

    /// <summary>Notes a candidate that the pool would have taken.</summary>
    public void Miss(float hardness) => _missed.Add(hardness);

    /// <summary>Notes an example that a reservoir would have taken.</summary>
    public void MissForReservoir() => _missedCount++;

    /// <summary>Ends a batch. O(m log n) for m missed candidates.</summary>
    /// <param name="pool">The pool after the batch.</param>
    /// <param name="version">The version that scored the batch.</param>
    public void EndBatch(IHardPool<ExampleKey, StoredExample> pool, long version)
    {
        var threshold = pool.Threshold;
        _admitted += _entered.Count(hardness => hardness >= threshold);
        _entered.Clear();
        // The hardest one takes the place of the easiest candidate, the next one that of the second, until a candidate is harder.
        _missed.Sort(static (a, b) => b.CompareTo(a));
        var room = pool.MaxCount - pool.Count;
        for (var i = 0; i < _missed.Count && room + pool.CountEasier(_missed[i], version) > i; i++)
            _missedCount++;
        _missed.Clear();
    }
}
