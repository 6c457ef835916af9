using System.Diagnostics.CodeAnalysis;
using HnmStreams.Mining.Persistence;
using HnmStreams.Mining.Randomness;

namespace HnmStreams.Mining.Reservoirs;

/// <summary>
/// A sample that gives every class the same share as far as the class can fill it (CBRS: Chrysakis and Moens, "Online
/// continual learning from imbalanced data", ICML 2020, algorithm 1). Full, it takes a newcomer of a class that was never
/// the largest in exchange for a random member of the largest; a class that once was the largest is sampled by Algorithm R
/// within what it holds, so that its members stay a uniform sample of it.
/// </summary>
/// <remarks>
/// One owner, one thread. <see cref="TryReserve"/> and <see cref="Put"/> O(classes) where the largest is sought, else O(1).
/// Asking comes before taking: what does not enter is never copied.
/// </remarks>
/// <param name="left">Told of each payload that leaves.</param>
public sealed class ClassBalancedReservoir<TKey, TPayload>(int capacity, Xoshiro256StarStar generator, Action<TKey, TPayload>? left = null)
    where TKey : notnull
{
    private const string Structure = "class-balanced reservoir";
    private readonly SortedDictionary<int, Members> _classes = [];
    private readonly Dictionary<TKey, (int Class, int Place)> _places = [];

    // What the next Put replaces: a class and a place in it; no place where there is room.
    private (int Class, int Place)? _victim;

    public int Count => _places.Count;

    /// <summary>Members of a class.</summary>
    public int CountOf(int label) => _classes.TryGetValue(label, out var members) ? members.Items.Count : 0;

    /// <summary>Members of a class, in no order that means anything; until the next change.</summary>
    public IReadOnlyList<KeyValuePair<TKey, TPayload>> ItemsOf(int label) => _classes.TryGetValue(label, out var members) ? members.Items : [];

    /// <summary>Appends the classes that have so many members, ascending. O(classes).</summary>
    public void ClassesWith(int members, ICollection<int> into)
    {
        ArgumentNullException.ThrowIfNull(into);
        foreach (var (label, held) in _classes)
        {
            if (held.Items.Count >= members)
                into.Add(label);
        }
    }

    /// <summary>O(1).</summary>
    public bool TryGet(TKey key, out int label, [MaybeNullWhen(false)] out TPayload payload)
    {
        var found = _places.TryGetValue(key, out var at);
        (label, payload) = found ? (at.Class, _classes[at.Class].Items[at.Place].Value) : (0, default);
        return found;
    }

    /// <summary>Counts one more of a class as seen and decides whether it enters: by <see cref="Put"/>, before the next call.</summary>
    public bool TryReserve(int label)
    {
        if (!_classes.TryGetValue(label, out var members))
            _classes[label] = members = new Members();
        members.Seen++;
        _victim = null;
        if (Count < capacity)
            return true;
        var (largestLabel, largest) = Largest();
        largest.WasLargest = true;
        if (!members.WasLargest)
        {
            _victim = (largestLabel, generator.NextInt32(largest.Items.Count));
            return true;
        }

        var place = generator.NextInt64(members.Seen);
        if (place >= members.Items.Count)
            return false;
        _victim = (label, (int)place);
        return true;
    }

    /// <summary>Takes the item that a place was reserved for. A key that is there already is replaced where it lies.</summary>
    public void Put(int label, TKey key, TPayload payload)
    {
        if (_places.ContainsKey(key))
            Remove(key);
        else if (_victim is { } victim)
            RemoveAt(victim.Class, victim.Place);
        _victim = null;
        if (Count >= capacity)
            throw new InvalidOperationException("No place was reserved: TryReserve decides whether an item enters.");
        _places.Add(key, (label, _classes[label].Items.Count));
        _classes[label].Items.Add(new(key, payload));
    }

    /// <summary>O(1).</summary>
    public bool Remove(TKey key)
    {
        if (!_places.TryGetValue(key, out var at))
            return false;
        RemoveAt(at.Class, at.Place);
        return true;
    }

    /// <summary>Appends up to <paramref name="count"/> items, with repeats: first a class at random among those that have any, then one of it. O(count log classes).</summary>
    /// <param name="draws">The generator of whoever draws, so that drawing does not shift what is kept.</param>
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

    /// <summary>Only for a new one: takes the saved items, and goes on with the saved generator's state. Beyond its capacity members of the largest classes leave.</summary>
    /// <exception cref="InvalidDataException">The state is not one of such a reservoir.</exception>
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
                throw reader.Invalid($"class {label} a second time");
            for (var count = reader.ReadCount(1); count > 0; count--)
            {
                var key = keys.Read(reader);
                if (!_places.TryAdd(key, (label, members.Items.Count)))
                    throw reader.Invalid($"{key} a second time");
                members.Items.Add(new(key, payloads.Read(reader)));
            }
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

        left?.Invoke(removed.Key, removed.Value);
    }

    private sealed class Members
    {
        public List<KeyValuePair<TKey, TPayload>> Items { get; } = [];

        public long Seen { get; set; }

        public bool WasLargest { get; set; }
    }
}
