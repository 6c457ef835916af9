using HnmStreams.Mining.Persistence;
using HnmStreams.Pipeline.Flow.Sharing;

namespace HnmStreams.Pipeline.Ranking.Sharing;

/// <summary>
/// The hardness from which on a score node sends the payload of a candidate. It follows the distribution of the newest candidates: a slack in
/// hardness would let nearly all of them pass while a young model finds them equally hard.
/// </summary>
/// <param name="distinctShare">The share of distinct negatives that the pool holds; 0 if its size is fixed.</param>
/// <param name="slack">The slack to begin with, such as <see cref="ReadSlack"/>.</param>
/// <remarks>
/// Owned by the ranking stage. O(1) per candidate on average: the newest are sorted once per <see cref="Interval"/>. A checkpoint has the slack, which many batches are needed to find; the newest candidates are
/// replaced soon, and until then everything passes.
/// </remarks>
internal sealed class HardnessBound(double distinctShare, double slack = HardnessBound.FirstSlack)
{
    /// <summary>The name of the part in a checkpoint, which only a learner with score nodes writes.</summary>
    public const string PartName = "hardness-bound.bin";

    /// <summary>The slack of a new learner.</summary>
    public const double FirstSlack = 4;

    private const string Structure = "hardness bound";
    private const int Window = 2_048, Interval = 512;

    // The bound is as old as a batch is on its way, and losses change with each step. How much more must pass depends on both, so that it follows what was missed.
    private const double MinSlack = 1.5, MaxSlack = 16;

    // Half of what a cluster may miss.
    private const double MaxMissedShare = 0.0025;

    // With fewer, a single miss would exceed that share.
    private const int Counted = 1_000;

    // If few candidates exceed the threshold, their share is known badly from the window. Ten of it are enough for the slack.
    private const double MinShare = 10.0 / Window;

    private readonly float[] _newest = new float[Window];
    private float[] _sorted = [];
    private long _count;
    private BoundStatus _before = new(0, 0);

    /// <summary>The number of candidates that pass for each that the pool would take.</summary>
    public double Slack { get; private set; } = slack;

    /// <summary>Writes a slack.</summary>
    public static void SaveSlack(StateWriter writer, double slack)
    {
        writer.Begin(Structure, 1);
        writer.WriteDouble(slack);
    }

    /// <summary>Reads a slack that <see cref="SaveSlack"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The data is not a slack.</exception>
    public static double ReadSlack(StateReader reader)
    {
        reader.Expect(Structure, 1);
        var slack = reader.ReadDouble();
        return slack is >= MinSlack and <= MaxSlack ? slack : throw reader.Invalid($"the slack {slack}");
    }

    /// <summary>Raises the slack if more than a quarter of a percent of the candidates were missed, and lowers it otherwise, once per thousand of them.</summary>
    /// <param name="status">The counts so far.</param>
    public void Follow(BoundStatus status)
    {
        var (admitted, missed) = (status.Admitted - _before.Admitted, status.Missed - _before.Missed);
        if (admitted + missed < Counted)
            return;
        _before = status;
        Slack = missed > MaxMissedShare * (admitted + missed) ? Math.Min(MaxSlack, Slack * 1.5) : Math.Max(MinSlack, Slack * 0.9);
    }

    /// <summary>Takes the hardness of a candidate into account. NaN does not count.</summary>
    public void Observe(float hardness)
    {
        if (float.IsNaN(hardness))
            return;
        _newest[(int)(_count++ % Window)] = hardness;
        if (_count % Interval != 0)
            return;
        _sorted = _newest[..(int)Math.Min(_count, Window)];
        Array.Sort(_sorted);
    }

    /// <summary>Returns the bound for <see cref="KeepBounds.Hardness"/>. O(log window).</summary>
    /// <param name="threshold">The threshold of the pool; negative infinity while it has room.</param>
    public float For(float threshold)
    {
        if (_sorted.Length == 0)
            return float.NegativeInfinity;
        if (!float.IsFinite(threshold))
            return distinctShare > 0 ? Quantile(distinctShare) : float.NegativeInfinity;
        var below = Array.BinarySearch(_sorted, threshold);
        return Math.Min(threshold, Quantile((_sorted.Length - (double)(below < 0 ? ~below : below)) / _sorted.Length));
    }

    // The hardness that the given share of the candidates, with the slack, reaches.
    private float Quantile(double share)
    {
        var passing = (int)Math.Ceiling(Slack * Math.Max(share, MinShare) * _sorted.Length);
        return passing >= _sorted.Length ? float.NegativeInfinity : _sorted[^passing];
    }
}
