using HnmStreams.Mining.Persistence;
using HnmStreams.Mining.Pool;

namespace HnmStreams.Mining.Windows;

/// <summary>The distribution of the last so many hardnesses, exactly: a ring, and an order beside it.</summary>
/// <param name="history">How many are looked back on, 1 or more.</param>
/// <remarks>One owner, one thread. O(log history) each. 24 bytes an entry.</remarks>
public sealed class RecentHardness(int history)
{
    private const string Structure = "recent hardness";
    private readonly long[] _recent = new long[history > 0 ? history : throw new ArgumentOutOfRangeException(nameof(history), history, "At least one is looked back on.")];
    private readonly OrderTree _order = new(Math.Min(history, 1 << 16));
    private long _seen;

    /// <summary>How many are in the window.</summary>
    public int Count => _order.Count;

    /// <summary>Takes one in; the oldest leaves. What is not finite is passed over.</summary>
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

    /// <summary>Share that is no harder, in [0, 1]; 1 while nothing was seen.</summary>
    public double ShareUpTo(float hardness) =>
        Count == 0 ? 1 : (double)_order.RankOf(OrderKey.Of(hardness, int.MaxValue)) / Count;

    /// <summary>The hardness that a share of <paramref name="percentile"/> does not exceed (nearest rank); NaN while nothing was seen.</summary>
    /// <param name="percentile">In [0, 1].</param>
    public float Quantile(double percentile) =>
        Count == 0 ? float.NaN : OrderKey.PriorityOf(_order[Math.Clamp((int)Math.Ceiling(percentile * Count) - 1, 0, Count - 1)]);

    public void Save(StateWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Begin(Structure, 1);
        writer.WriteInt64(_seen);
        writer.WriteInt32(Count);
        for (var place = 0; place < Count; place++)
            writer.WriteSingle(OrderKey.PriorityOf(_recent[place]));
    }

    /// <summary>Only for a new one of the same history.</summary>
    /// <exception cref="InvalidDataException">The state is not one of this history.</exception>
    public void Restore(StateReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        reader.Expect(Structure, 1);
        var seen = reader.ReadInt64();
        var count = reader.ReadCount(sizeof(float));
        if (seen < 0 || count != Math.Min(seen, _recent.Length))
            throw reader.Invalid($"{count} of {seen}, for a history of {_recent.Length}");
        for (var place = 0; place < count; place++)
        {
            var hardness = reader.ReadSingle();
            Observe(float.IsFinite(hardness) ? hardness : throw reader.Invalid($"a hardness of {hardness}"));
        }

        _seen = seen;
    }
}
