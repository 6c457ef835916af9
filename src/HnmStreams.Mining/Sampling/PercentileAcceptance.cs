using HnmStreams.Mining.Persistence;
using HnmStreams.Mining.Pool;

namespace HnmStreams.Mining.Sampling;

/// <summary>
/// Selective-Backprop (Jiang et al., arXiv 1910.00762, section 3.2): an example is trained on with a probability of
/// CDF(loss)^beta, where the distribution is that of the last so many losses.
/// </summary>
/// <param name="history">Losses looked back on, 1 or more.</param>
/// <param name="beta">Selectivity, 0 or more: 0 takes all, 1 half of them, beta 1 / (beta + 1) of them.</param>
/// <remarks>One owner, one thread. O(log history) each.</remarks>
public sealed class PercentileAcceptance(int history, double beta)
{
    private const string Structure = "percentile acceptance";
    private readonly long[] _recent = new long[history > 0 ? history : throw new ArgumentOutOfRangeException(nameof(history), history, "At least one loss is looked back on.")];
    private readonly OrderTree _order = new(Math.Min(history, 1 << 16));
    private long _seen;

    /// <summary>Chance with which an example of this hardness is taken, in [0, 1]; 1 while nothing was seen. NaN: 0.</summary>
    public double ProbabilityOf(float hardness)
    {
        if (float.IsNaN(hardness))
            return 0;
        if (_order.Count == 0)
            return 1;
        // As hard as itself counts: the hardest is taken for certain.
        var upTo = _order.RankOf(OrderKey.Of(hardness, int.MaxValue));
        return Math.Pow((double)upTo / _order.Count, beta);
    }

    /// <summary>Takes a loss into the history; the oldest leaves. What is not finite is passed over.</summary>
    public void Observe(float hardness)
    {
        if (!float.IsFinite(hardness))
            return;
        var place = (int)(_seen++ % _recent.Length);
        if (_order.Count == _recent.Length)
            _order.Remove(_recent[place]);
        _recent[place] = OrderKey.Of(hardness, place);
        _order.Add(_recent[place]);
    }

    public void Save(StateWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Begin(Structure, 1);
        writer.WriteInt64(_seen);
        writer.WriteInt32(_order.Count);
        for (var place = 0; place < _order.Count; place++)
            writer.WriteSingle(OrderKey.PriorityOf(_recent[place]));
    }

    /// <summary>Only for a new one of the same history.</summary>
    public void Restore(StateReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        reader.Expect(Structure, 1);
        var seen = reader.ReadInt64();
        var count = reader.ReadCount(sizeof(float));
        if (seen < 0 || count != Math.Min(seen, _recent.Length))
            throw reader.Invalid($"{count} losses of {seen}, for a history of {_recent.Length}");
        for (var place = 0; place < count; place++)
        {
            var hardness = reader.ReadSingle();
            Observe(float.IsFinite(hardness) ? hardness : throw reader.Invalid($"a loss of {hardness}"));
        }

        _seen = seen;
    }
}
