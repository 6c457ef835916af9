using HnmStreams.Mining.Persistence;
using HnmStreams.Mining.Randomness;

namespace HnmStreams.Mining.Reservoirs;

/// <summary>
/// A uniform sample of a stream (Algorithm R; Vitter, "Random sampling with a reservoir", 1985, section 3), or with a horizon a sample that
/// prefers recent items (Aggarwal, "On biased reservoir sampling in the presence of stream evolution", VLDB 2006, section 2).
/// </summary>
/// <typeparam name="TKey">Key of an item.</typeparam>
/// <typeparam name="TPayload">Handle of the item's data.</typeparam>
/// <param name="capacity">Maximum number of items.</param>
/// <param name="generator">Random number generator that decides what is kept; saved with the state.</param>
/// <param name="onRemoved">Called for each payload that leaves.</param>
/// <param name="horizon">
/// Mean age of a kept item, in items seen since it entered; at least the capacity. Once as many items were seen, ages are distributed
/// exponentially. By default there is no horizon, and the sample is uniform over everything seen.
/// </param>
/// <remarks>
/// Single-threaded; one owner. Reserve before copying a payload, so that rejected items are never copied: <c>if (reservoir.TryReserve(out
/// var slot)) reservoir.Put(slot, key, payload)</c>. After a removal the sample stays uniform over the remaining items, but it is smaller
/// until new items enter, with the same probability as before. Filling the room with the next items would favor late ones.
/// </remarks>
public sealed class Reservoir<TKey, TPayload>(int capacity, Xoshiro256StarStar generator, Action<TKey, TPayload>? onRemoved = null, long horizon = long.MaxValue)
    where TKey : notnull
{
    // Half of the range, so that counting further does not overflow.
    internal const long MaxSeen = long.MaxValue / 2;

    private const string Structure = "reservoir";
    private readonly Dictionary<TKey, int> _places = [];
    private readonly List<KeyValuePair<TKey, TPayload>> _items = [];
    private readonly List<int> _drawn = [];

    /// <summary>The number of items.</summary>
    public int Count => _items.Count;

    /// <summary>The number of items seen.</summary>
    public long Seen { get; private set; }

    /// <summary>All items. Every subset of positions is an equally good sample. Valid until the next change.</summary>
    public IReadOnlyList<KeyValuePair<TKey, TPayload>> Items => _items;

    /// <summary>Looks an item up. O(1).</summary>
    public bool TryGet(TKey key, out TPayload payload)
    {
        var found = _places.TryGetValue(key, out var place);
        payload = found ? _items[place].Value : default!;
        return found;
    }

    /// <summary>
    /// The bound on the draws of the items that enter now: <see cref="TryReserve(ulong, out int)"/> accepts no draw above it. It never rises,
    /// so that an old bound excludes no item that still enters.
    /// </summary>
    public ulong EntryBound => Seen < capacity || Range(Seen + 1) <= capacity ? ulong.MaxValue
        : capacity == 0 ? 0 : (ulong)(((UInt128)capacity << 64) / (ulong)Range(Seen + 1));

    /// <summary>Counts an item as seen and decides whether it enters. O(1).</summary>
    /// <param name="slot">Slot to <see cref="Put"/> the item into before the next call.</param>
    /// <returns>False if the item does not enter.</returns>
    public bool TryReserve(out int slot)
    {
        Seen++;
        slot = Seen <= capacity ? (int)Seen - 1 : (int)Math.Min(generator.NextInt64(Range(Seen)), capacity);
        return slot < capacity;
    }

    /// <summary>Counts an item as seen and decides by a draw of the caller whether it enters. O(1).</summary>
    /// <param name="draw">A number that is uniform over its whole range and independent of those of other items, for example a hash of the item's place in the stream.</param>
    /// <param name="slot">Slot to <see cref="Put"/> the item into before the next call.</param>
    /// <returns>False if the item does not enter.</returns>
    /// <remarks>Others that know the draw can decide that an item may enter before it arrives, see <see cref="EntryBound"/>.</remarks>
    public bool TryReserve(ulong draw, out int slot)
    {
        Seen++;
        slot = Seen <= capacity ? (int)Seen - 1 : (int)Math.Min((long)Math.BigMul(draw, (ulong)Range(Seen), out _), capacity);
        return slot < capacity;
    }

    /// <summary>Stores an item in the reserved slot and removes the item there. An item with the same key is replaced in its own slot. O(1).</summary>
    public void Put(int slot, TKey key, TPayload payload)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(slot);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(slot, capacity);
        if (_places.TryGetValue(key, out var existing))
        {
            Replace(existing, key, payload);
        }
        else if (slot >= _items.Count)
        {
            _places.Add(key, _items.Count);
            _items.Add(new(key, payload));
        }
        else
        {
            _places.Remove(_items[slot].Key);
            _places.Add(key, slot);
            Replace(slot, key, payload);
        }
    }

    /// <summary>Removes an item. O(1).</summary>
    /// <returns>False if the key is not in the reservoir.</returns>
    public bool Remove(TKey key)
    {
        if (!_places.Remove(key, out var place))
            return false;
        var removed = _items[place];
        var last = _items[^1];
        _items.RemoveAt(_items.Count - 1);
        if (place < _items.Count)
        {
            _items[place] = last;
            _places[last.Key] = place;
        }

        onRemoved?.Invoke(removed.Key, removed.Value);
        return true;
    }

    /// <summary>
    /// Appends up to <paramref name="count"/> different items, every subset with equal probability (Floyd's algorithm). O(count²), for
    /// small counts.
    /// </summary>
    /// <param name="count">Number of items to draw.</param>
    /// <param name="draws">Random number generator of the caller, so that drawing does not change what is kept.</param>
    /// <param name="into">Receives the items.</param>
    public void Draw(int count, Xoshiro256StarStar draws, ICollection<KeyValuePair<TKey, TPayload>> into)
    {
        ArgumentNullException.ThrowIfNull(draws);
        ArgumentNullException.ThrowIfNull(into);
        count = Math.Min(count, _items.Count);
        for (var bound = _items.Count - count; bound < _items.Count; bound++)
        {
            var place = draws.NextInt32(bound + 1);
            _drawn.Add(_drawn.Contains(place) ? bound : place);
        }

        foreach (var place in _drawn)
            into.Add(_items[place]);
        _drawn.Clear();
    }

    /// <summary>Writes the complete state, including the generator. O(n).</summary>
    public void Save(StateWriter writer, IStateCodec<TKey> keys, IStateCodec<TPayload> payloads)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(payloads);
        writer.Begin(Structure, 1);
        generator.Save(writer);
        writer.WriteInt64(Seen);
        writer.WriteInt32(Count);
        foreach (var (key, payload) in _items)
        {
            keys.Write(writer, key);
            payloads.Write(writer, payload);
        }
    }

    /// <summary>
    /// Restores the saved items and the generator's state into a new reservoir. If the capacity is smaller now, a uniform subset is kept.
    /// O(n).
    /// </summary>
    /// <exception cref="InvalidDataException">The data is not a saved reservoir.</exception>
    public void Restore(StateReader reader, IStateCodec<TKey> keys, IStateCodec<TPayload> payloads)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(payloads);
        reader.Expect(Structure, 1);
        generator.Load(reader.ReadGenerator().Save());
        Seen = reader.ReadInt64();
        var count = reader.ReadCount(1);
        if (count > Seen || Seen > MaxSeen)
            throw reader.Invalid($"{count} items are kept and {Seen} were seen");
        for (var place = 0; place < count; place++)
        {
            var key = keys.Read(reader);
            if (!_places.TryAdd(key, place))
                throw reader.Invalid($"{key} occurs twice");
            _items.Add(new(key, payloads.Read(reader)));
        }

        while (_items.Count > capacity)
            Remove(_items[(int)generator.NextInt64(_items.Count)].Key);
    }

    // The number of equally likely outcomes of a draw for the item that is the given one in the stream.
    private long Range(long seen) => Math.Min(seen, Math.Max(horizon, capacity));

    private void Replace(int place, TKey key, TPayload payload)
    {
        var old = _items[place];
        _items[place] = new(key, payload);
        onRemoved?.Invoke(old.Key, old.Value);
    }
}
