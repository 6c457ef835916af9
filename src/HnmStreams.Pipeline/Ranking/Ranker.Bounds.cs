using HnmStreams.Mining.Persistence;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Flow.Sharing;
using HnmStreams.Pipeline.Ranking.Sharing;

namespace HnmStreams.Pipeline.Ranking;

/// <summary>The bounds by which processes that score for this learner decide which payloads they send, and the rows that arrive without one.</summary>
internal sealed partial class Ranker
{
    // Above this share of the arrivals, more positives come than training can use.
    private const double MaxSharedPositives = 0.1;

    // Once the store is full, it then covers four times as many arrivals.
    private const ulong HeldOutBound = ulong.MaxValue / 4;

    private readonly ArrivalDraw _draw;

    // Null until bounds are requested: it costs a little per candidate.
    private HardnessBound? _hardnessBound;

    // The slack of the checkpoint; null if it has none.
    private double? _savedSlack;

    private BoundAccuracy? _bound;

    /// <summary>Returns the present bounds. O(1). The first call lets all payloads pass.</summary>
    public KeepBounds Bounds()
    {
        _hardnessBound ??= new HardnessBound(_poolSize.FollowedShare, _savedSlack ?? HardnessBound.FirstSlack);
        _bound ??= new BoundAccuracy();
        _hardnessBound.Follow(_bound.Status);
        return new KeepBounds(
            _hardnessBound.For(_pool.Pool.Threshold),
            _positives.EntryBound,
            _negatives.EntryBound,
            NewPositivesBound(),
            _heldOut.HasAllNegatives ? HeldOutBound : ulong.MaxValue,
            _budget.ScoredShare,
            _budget.ScoresEveryPositive);
    }

    /// <summary>Captures the slack of the bound, to be written on another thread; null if this learner and those before it had no score nodes.</summary>
    private Action<StateWriter>? CaptureSlack() =>
        (_hardnessBound?.Slack ?? _savedSlack) is { } slack ? writer => HardnessBound.SaveSlack(writer, slack) : null;

    private ulong NewPositivesBound()
    {
        var share = MaxSharedPositives * (_positives.Seen + _negatives.Seen) / Math.Max(1.0, _positives.Seen);
        return share >= 1 ? ulong.MaxValue : (ulong)(share * ulong.MaxValue);
    }

    /// <summary>Keeps a row for a reservoir, or counts it if its payload was not sent.</summary>
    private StoredExample? TryKeepSample(ExampleBatch batch, int row)
    {
        if (batch.HasPayload(row))
            return _payloads.Keep(batch, row);
        _bound?.MissForReservoir();
        return null;
    }

    /// <summary>Keeps a candidate for the pool, or notes it if its payload was not sent and the pool is full: room alone keeps no easy candidate for long.</summary>
    private StoredExample? TryKeepCandidate(ExampleBatch batch, int row, float hardness)
    {
        if (batch.HasPayload(row))
            return _payloads.Keep(batch, row);
        if (float.IsFinite(_pool.Pool.Threshold))
            _bound?.Miss(hardness);
        return null;
    }
}
