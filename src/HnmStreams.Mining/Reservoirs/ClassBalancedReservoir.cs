using System.Diagnostics.CodeAnalysis;
using HnmStreams.Mining.Persistence;
using HnmStreams.Mining.Randomness;

namespace HnmStreams.Mining.Reservoirs;

/// <summary>
/// A sample in which every class gets the same share, as far as it has enough examples (CBRS: Chrysakis and Moens, "Online continual
/// learning from imbalanced data", ICML 2020, algorithm 1). When it is full, a new item of a class that was never the largest replaces a
/// random member of the largest class. A class that was once the largest is sampled by Algorithm R within its members, which stay a uniform
/// sample of the class.
/// </summary>
/// <typeparam name="TKey">Key of an item.</typeparam>
/// <typeparam name="TPayload">Handle of the item's data.</typeparam>
/// <param name="capacity">Maximum number of items.</param>
/// <param name="generator">Random number generator that decides what is kept; saved with the state.</param>
/// <param name="onRemoved">Called for each payload that leaves.</param>
/// <remarks>
/// Single-threaded; one owner. <see cref="TryReserve"/> and <see cref="Put"/> take O(classes) if the largest class must be found, otherwise
/// O(1). Reserve before copying a payload, so that rejected items are never copied.
/// </remarks>
public sealed class ClassBalancedReservoir<TKey, TPayload>(int capacity, Xoshiro256StarStar generator, Action<TKey, TPayload>? onRemoved = null)
    where TKey : notnull
{
    private const string Structure = "class-balanced reservoir";
    private readonly SortedDictionary<int, Members> _classes = [];
    private readonly Dictionary<TKey, (int Class, int Place)> _places = [];

    // The item that the next Put replaces; null if there is room.
    private (int Class, int Place)? _replaced;

    /// <summary>The number of items.</summary>
    public int Count => _places.Count;

    /// <summary>Returns the number of items of a class.</summary>
    public int CountOf(int label) => _classes.TryGetValue(label, out var members) ? members.Items.Count : 0;

    /// <summary>Returns the items of a class, in no particular order. Valid until the next change.</summary>
    public IReadOnlyList<KeyValuePair<TKey, TPayload>> ItemsOf(int label) => _classes.TryGetValue(label, out var members) ? members.Items : [];

    /// <summary>Appends the classes that have at least <paramref name="members"/> items, in ascending order. O(classes).</summary>
    public void ClassesWith(int members, ICollection<int> into)
    {
        ArgumentNullException.ThrowIfNull(into);
        foreach (var (label, held) in _classes)
        {
            if (held.Items.Count >= members)
                into.Add(label);
        }
    }

    /// <summary>Looks an item up. O(1).</summary>
    public bool TryGet(TKey key, out int label, [MaybeNullWhen(false)] out TPayload payload)
    {
        var found = _places.TryGetValue(key, out var at);
        (label, payload) = found ? (at.Class, _classes[at.Class].Items[at.Place].Value) : (0, default);
        return found;
    }

    /// <summary>Counts an item as seen and decides whether it enters. If it does, call <see cref="Put"/> before the next call.</summary>
    /// <param name="label">Class of the item.</param>
    public bool TryReserve(int label)
    {
        if (!_classes.TryGetValue(label, out var members))
            _classes[label] = members = new Members();
        members.Seen++;
        _replaced = null;
        if (Count < capacity)
            return true;
        var (largestLabel, largest) = Largest();
        largest.WasLargest = true;
        if (!members.WasLargest)
        {
            _replaced = (largestLabel, generator.NextInt32(largest.Items.Count));
            return true;
        }

        var place = generator.NextInt64(members.Seen);
        if (place >= members.Items.Count)
            return false;
        _replaced = (label, (int)place);
        return true;
    }

    /// <summary>Stores the item that was reserved for. An item with the same key is replaced.</summary>
    /// <exception cref="InvalidOperationException"><see cref="TryReserve"/> did not reserve room.</exception>
    public void Put(int label, TKey key, TPayload payload)
    {
        if (_places.ContainsKey(key))
            Remove(key);
        else if (_replaced is { } replaced)
            RemoveAt(replaced.Class, replaced.Place);
        _replaced = null;
        if (Count >= capacity)
            throw new InvalidOperationException("No room is reserved: call TryReserve first, and Put only if it returns true.");
        _places.Add(key, (label, _classes[label].Items.Count));
        _classes[label].Items.Add(new(key, payload));
    }

    /// <summary>Removes an item. O(1).</summary>
    /// <returns>False if the key is not in the reservoir.</returns>
    public bool Remove(TKey key)
    {
        if (!_places.TryGetValue(key, out var at))
            return false;
        RemoveAt(at.Class, at.Place);
        return true;
    }

    /// <summary>
    /// Appends up to <paramref name="count"/> items with replacement: first a random class among those with items, then a random item of
    /// it. O(count log classes).
    /// </summary>
    /// <param name="count">Number of items to draw.</param>
    /// <param name="draws">Random number generator of the caller, so that drawing does not change what is kept.</param>
    /// <param name="into">Receives the items.</param>
    public void Draw(int count, Xoshiro256StarStar draws, ICollection<KeyValuePair<TKey, TPayload>> into)
    {
        ArgumentNullException.ThrowIfNull(draws);
        ArgumentNullException.ThrowIfNull(into);
        var filled = _classes.Values.Where(m => m.Items.Count > 0).ToArray();
        for (var i = 0; i < count && filled.Length > 0; i++)
        {
            var items = filled[draws.NextInt32(filled.Length)].Items;
            into.Add(items[draws.NextInt32(items.Count)]);
        }
    }

    /// <summary>Writes the complete state, including the generator. O(n).</summary>
    public void Save(StateWriter writer, IStateCodec<TKey> keys, IStateCodec<TPayload> payloads)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(payloads);
        writer.Begin(Structure, 1);
        generator.Save(writer);
        writer.WriteInt32(_classes.Count);
        foreach (var (label, members) in _classes)
        {
            writer.WriteInt32(label);
            writer.WriteInt64(members.Seen);
            writer.WriteBoolean(members.WasLargest);
            writer.WriteInt32(members.Items.Count);
            foreach (var (key, payload) in members.Items)
            {
                keys.Write(writer, key);
                payloads.Write(writer, payload);
            }
        }
    }

    /// <summary>
    /// Restores the saved items and the generator's state into a new reservoir. If they exceed the capacity, members of the largest classes
    /// are removed.
    /// </summary>
    /// <exception cref="InvalidDataException">The data is not a saved class-balanced reservoir.</exception>
    public void Restore(StateReader reader, IStateCodec<TKey> keys, IStateCodec<TPayload> payloads)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(payloads);
        reader.Expect(Structure, 1);
        generator.Load(reader.ReadGenerator().Save());
        for (var classes = reader.ReadCount(17); classes > 0; classes--)
        {
            var label = reader.ReadInt32();
            var members = new Members { Seen = reader.ReadInt64(), WasLargest = reader.ReadBoolean() };
            if (!_classes.TryAdd(label, members))
                throw reader.Invalid($"class {label} occurs twice");
            for (var count = reader.ReadCount(1); count > 0; count--)
            {
                var key = keys.Read(reader);
                if (!_places.TryAdd(key, (label, members.Items.Count)))
                    throw reader.Invalid($"{key} occurs twice");
                members.Items.Add(new(key, payloads.Read(reader)));
            }

            if (members.Items.Count > members.Seen || members.Seen > Reservoir<TKey, TPayload>.MaxSeen)
                throw reader.Invalid($"{members.Items.Count} items of class {label} are kept and {members.Seen} were seen");
        }

        while (Count > capacity)
        {
            var (label, largest) = Largest();
            RemoveAt(label, largest.Items.Count - 1);
        }
    }

    private (int Label, Members Members) Largest()
    {
        var largest = _classes.First();
        foreach (var other in _classes)
        {
            if (other.Value.Items.Count > largest.Value.Items.Count)
                largest = other;
        }

        return (largest.Key, largest.Value);
    }

    private void RemoveAt(int label, int place)
    {
        var items = _classes[label].Items;
        var (removed, last) = (items[place], items[^1]);
        items.RemoveAt(items.Count - 1);
        _places.Remove(removed.Key);
        if (place < items.Count)
        {
            items[place] = last;
            _places[last.Key] = (label, place);
        }

        onRemoved?.Invoke(removed.Key, removed.Value);
    }

    private sealed class Members
    {
        public List<KeyValuePair<TKey, TPayload>> Items { get; } = [];

        public long Seen { get; set; }

        public bool WasLargest { get; set; }
    }
}
