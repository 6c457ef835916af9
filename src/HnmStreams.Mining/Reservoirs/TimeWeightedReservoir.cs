using HnmStreams.Mining.Persistence;
using HnmStreams.Mining.Randomness;

namespace HnmStreams.Mining.Reservoirs;

/// <summary>
/// A sample without replacement in which an item counts half as much for each half-life of age: each gets the key
/// u^(1/weight) of Efraimidis and Spirakis (2006), and the largest keys stay. With weights that grow forward in time
/// (Cormode et al., "Forward decay", ICDE 2009) keys never change; they are kept as log(-log u) - time * ln 2 / half-life,
/// which runs for ever without overflow.
/// </summary>
/// <remarks>One owner, one thread. Asking comes before taking: what does not enter is never copied.</remarks>
/// <param name="halfLife">In the unit of the times that are given, above 0.</param>
/// <param name="left">Told of each payload that leaves.</param>
public sealed class TimeWeightedReservoir<TKey, TPayload>(int capacity, double halfLife, Xoshiro256StarStar generator, Action<TKey, TPayload>? left = null)
    where TKey : notnull
{
    private const string Structure = "time-weighted reservoir";

    // The worst first: what leaves next. Equal keys come one in 2^53.
    private readonly SortedSet<(double Rank, long Arrival, TKey Key)> _order = new(new WorstFirst());
    private readonly Dictionary<TKey, (double Rank, long Arrival, TPayload Payload)> _items = [];
    private readonly double _perTime = halfLife > 0 ? Math.Log(2) / halfLife : throw new ArgumentOutOfRangeException(nameof(halfLife), halfLife, "A half-life is above 0.");
    private long _arrivals;
    private double _reserved = double.NaN;

    public int Count => _items.Count;

    /// <summary>Decides whether an item of this time enters: by <see cref="Put"/>, before the next call. O(log n).</summary>
    public bool TryReserve(double time)
    {
        // The smaller the better: -log u is smaller for the lucky, and time makes everybody later luckier.
        var rank = Math.Log(-Math.Log(1 - generator.NextDouble())) - (time * _perTime);
        _reserved = Count < capacity || rank < _order.Min.Rank ? rank : double.NaN;
        return !double.IsNaN(_reserved);
    }

    /// <summary>Takes the item that a place was reserved for. A key that is there already is replaced. O(log n).</summary>
    public void Put(TKey key, TPayload payload)
    {
        if (double.IsNaN(_reserved))
            throw new InvalidOperationException("No place was reserved: TryReserve decides whether an item enters.");
        var rank = _reserved;
        _reserved = double.NaN;
        if (!Remove(key) && Count >= capacity)
            Remove(_order.Min.Key);
        _order.Add((rank, _arrivals, key));
        _items.Add(key, (rank, _arrivals++, payload));
    }

    /// <summary>O(log n).</summary>
    public bool Remove(TKey key)
    {
        if (!_items.Remove(key, out var item))
            return false;
        _order.Remove((item.Rank, item.Arrival, key));
        left?.Invoke(key, item.Payload);
        return true;
    }

    /// <summary>All items, those that leave next first. O(n).</summary>
    public IEnumerable<KeyValuePair<TKey, TPayload>> Items() => _order.Select(entry => KeyValuePair.Create(entry.Key, _items[entry.Key].Payload));

    public void Save(StateWriter writer, IStateCodec<TKey> keys, IStateCodec<TPayload> payloads)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(payloads);
        writer.Begin(Structure, 1);
        generator.Save(writer);
        writer.WriteInt64(_arrivals);
        writer.WriteInt32(Count);
        foreach (var (rank, arrival, key) in _order)
        {
            writer.WriteDouble(rank);
            writer.WriteInt64(arrival);
            keys.Write(writer, key);
            payloads.Write(writer, _items[key].Payload);
        }
    }

    /// <summary>Only for a new one: takes the saved items, and goes on with the saved generator's state.</summary>
    /// <exception cref="InvalidDataException">The state is not one of a reservoir of this capacity.</exception>
    public void Restore(StateReader reader, IStateCodec<TKey> keys, IStateCodec<TPayload> payloads)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(payloads);
        reader.Expect(Structure, 1);
        generator.Load(reader.ReadGenerator().Save());
        _arrivals = reader.ReadInt64();
        for (var count = reader.ReadCount(16); count > 0; count--)
        {
            var (rank, arrival, key) = (reader.ReadDouble(), reader.ReadInt64(), keys.Read(reader));
            if (double.IsNaN(rank) || !_items.TryAdd(key, (rank, arrival, payloads.Read(reader))) || Count > capacity)
                throw reader.Invalid($"{key} with rank {rank}, a second time, or more than {capacity} items");
            _order.Add((rank, arrival, key));
        }
    }

    private sealed class WorstFirst : IComparer<(double Rank, long Arrival, TKey Key)>
    {
        public int Compare((double Rank, long Arrival, TKey Key) x, (double Rank, long Arrival, TKey Key) y)
        {
            var byRank = y.Rank.CompareTo(x.Rank);
            return byRank != 0 ? byRank : x.Arrival.CompareTo(y.Arrival);
        }
    }
}
