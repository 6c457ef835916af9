using HnmStreams.Mining.Persistence;
using HnmStreams.Mining.Randomness;

namespace HnmStreams.Mining.Reservoirs;

/// <summary>
/// A uniform sample of all that went by (Algorithm R; Vitter, "Random sampling with a reservoir", 1985, section 3).
/// </summary>
/// <remarks>
/// One owner, one thread. Asking comes before taking, so that a payload that does not enter is never copied:
/// <c>if (reservoir.TryReserve(out var slot)) reservoir.Put(slot, key, payload)</c>.
/// After a removal the sample stays uniform over what was not removed, but is smaller until new items enter with the
/// same chance as before: room is not filled with whatever comes first, which would favour the late.
/// </remarks>
/// <param name="left">Told of each payload that leaves.</param>
public sealed class Reservoir<TKey, TPayload>(int capacity, Xoshiro256StarStar generator, Action<TKey, TPayload>? left = null)
    where TKey : notnull
{
    private const string Structure = "reservoir";
    private readonly Dictionary<TKey, int> _places = [];
    private readonly List<KeyValuePair<TKey, TPayload>> _items = [];
    private readonly List<int> _drawn = [];

    public int Count => _items.Count;

    /// <summary>Items that went by.</summary>
    public long Seen { get; private set; }

    /// <summary>All items, each subset of places as good a sample as any other. Not valid after the next change.</summary>
    public IReadOnlyList<KeyValuePair<TKey, TPayload>> Items => _items;

    /// <summary>O(1).</summary>
    public bool TryGet(TKey key, out TPayload payload)
    {
        var found = _places.TryGetValue(key, out var place);
        payload = found ? _items[place].Value : default!;
        return found;
    }

    /// <summary>Counts one more item as seen and decides whether it enters. O(1).</summary>
    /// <param name="slot">Where to <see cref="Put"/> it, before the next call.</param>
    public bool TryReserve(out int slot)
    {
        Seen++;
        slot = Seen <= capacity ? (int)Seen - 1 : (int)Math.Min(generator.NextInt64(Seen), capacity);
        return slot < capacity;
    }

    /// <summary>Takes the item into the slot that was reserved; whatever lay there leaves. A key that is there already is replaced where it lies. O(1).</summary>
    public void Put(int slot, TKey key, TPayload payload)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(slot);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(slot, capacity);
        if (_places.TryGetValue(key, out var resident))
        {
            Replace(resident, key, payload);
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

    /// <summary>O(1).</summary>
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

        left?.Invoke(removed.Key, removed.Value);
        return true;
    }

    /// <summary>Appends up to <paramref name="count"/> different items, every subset equally likely (Floyd's sampling). O(count²) for small counts.</summary>
    /// <param name="draws">The generator of whoever draws, so that drawing does not shift what is kept.</param>
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

    /// <summary>Everything, exactly, the generator included. O(n).</summary>
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
    /// Only for a new one: takes the saved items, and goes on with the saved generator's state. Where the capacity is
    /// smaller now, a uniform choice of them stays and the others leave. O(n).
    /// </summary>
    /// <exception cref="InvalidDataException">The state is not one of a reservoir.</exception>
    public void Restore(StateReader reader, IStateCodec<TKey> keys, IStateCodec<TPayload> payloads)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(payloads);
        reader.Expect(Structure, 1);
        generator.Load(reader.ReadGenerator().Save());
        Seen = reader.ReadInt64();
        var count = reader.ReadCount(1);
        if (count > Seen)
            throw reader.Invalid($"{count} items of {Seen}");
        for (var place = 0; place < count; place++)
        {
            var key = keys.Read(reader);
            if (!_places.TryAdd(key, place))
                throw reader.Invalid($"{key} a second time");
            _items.Add(new(key, payloads.Read(reader)));
        }

        while (_items.Count > capacity)
            Remove(_items[(int)generator.NextInt64(_items.Count)].Key);
    }

    private void Replace(int place, TKey key, TPayload payload)
    {
        var old = _items[place];
        _items[place] = new(key, payload);
        left?.Invoke(old.Key, old.Value);
    }
}
