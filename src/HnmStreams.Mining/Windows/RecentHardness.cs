using HnmStreams.Mining.Persistence;
using HnmStreams.Mining.Pool;
using HnmStreams.Mining.Pool.Ordering;

namespace HnmStreams.Mining.Windows;

/// <summary>The exact distribution of the most recent hardness values: a ring buffer with an order-statistic tree.</summary>
/// <param name="history">Number of values in the window, 1 or more.</param>
/// <remarks>Single-threaded; one owner. Every operation takes O(log history). 24 bytes per value.</remarks>
/// <exception cref="ArgumentOutOfRangeException"><paramref name="history"/> is not positive.</exception>
public sealed class RecentHardness(int history)
{
    private const string Structure = "recent hardness";
    private readonly long[] _recent = new long[history > 0 ? history : throw new ArgumentOutOfRangeException(nameof(history), history, "The history must be positive.")];
    private readonly OrderStatisticTree _order = new(Math.Min(history, 1 << 16));
    private long _seen;

    /// <summary>The number of values in the window.</summary>
    public int Count => _order.Count;

    /// <summary>Adds a value and drops the oldest one if the window is full. A value that is not finite is ignored.</summary>
    public void Observe(float hardness)
    {
        if (!float.IsFinite(hardness))
            return;
        var place = (int)(_seen++ % _recent.Length);
        if (_order.Count == _recent.Length)
            _order.Remove(_recent[place]);
        _recent[place] = PriorityKey.Of(hardness, place);
        _order.Add(_recent[place]);
    }

    /// <summary>Returns the share of values that do not exceed <paramref name="hardness"/>, in [0, 1]; 1 if the window is empty.</summary>
    public double ShareUpTo(float hardness) =>
        Count == 0 ? 1 : (double)_order.RankOf(PriorityKey.Of(hardness, int.MaxValue)) / Count;

    /// <summary>Returns the quantile by the nearest-rank method; NaN if the window is empty.</summary>
    /// <param name="percentile">Share of the values, in [0, 1].</param>
    public float Quantile(double percentile) =>
        Count == 0 ? float.NaN : PriorityKey.PriorityOf(_order[Math.Clamp((int)Math.Ceiling(percentile * Count) - 1, 0, Count - 1)]);

    /// <summary>Writes the values. O(history).</summary>
    public void Save(StateWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Begin(Structure, 1);
        writer.WriteInt64(_seen);
        writer.WriteInt32(Count);
        for (var place = 0; place < Count; place++)
            writer.WriteSingle(PriorityKey.PriorityOf(_recent[place]));
    }

    /// <summary>Restores the saved values into a new window of the same history.</summary>
    /// <exception cref="InvalidDataException">The data is not a saved window of this history.</exception>
    public void Restore(StateReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        reader.Expect(Structure, 1);
        var seen = reader.ReadInt64();
        var count = reader.ReadCount(sizeof(float));
        if (seen < 0 || count != Math.Min(seen, _recent.Length))
            throw reader.Invalid($"{count} values of {seen} are saved, which does not match a history of {_recent.Length}");
        for (var place = 0; place < count; place++)
        {
            var hardness = reader.ReadSingle();
            Observe(float.IsFinite(hardness) ? hardness : throw reader.Invalid($"a hardness must be finite but is {hardness}"));
        }

        _seen = seen;
    }
}
