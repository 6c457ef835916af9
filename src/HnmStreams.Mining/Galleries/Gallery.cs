using System.Numerics.Tensors;
using HnmStreams.Mining.Persistence;
using HnmStreams.Mining.Selection;

namespace HnmStreams.Mining.Galleries;

/// <summary>What a gallery says of an embedding. Similarities are dot products: larger is closer.</summary>
/// <param name="Own">To the nearest of its own group, itself left out; NaN where there is none.</param>
/// <param name="Other">To the nearest of another group that the filter allows; NaN where there is none.</param>
/// <param name="Rival">Whose that is; only where <paramref name="Other"/> is a number.</param>
public readonly record struct GalleryAnswer<TKey>(float Own, float Other, TKey Rival, int RivalGroup)
    where TKey : notnull;

/// <summary>
/// The newest embeddings of what went by, with their groups and the model version that made each: a model's own index,
/// kept up on the stream. Bounded by count, in all and for each group. Exact: a look-up is a product with all of it.
/// </summary>
/// <remarks>One owner, one thread. <see cref="Put"/> O(width + members of the group); <see cref="Nearest"/> O(count x width). Memory is taken as it fills.</remarks>
public sealed class Gallery<TKey>(GalleryOptions options, int width)
    where TKey : notnull
{
    private const string Structure = "gallery";
    private readonly Dictionary<TKey, int> _places = [];
    private readonly Dictionary<int, List<int>> _groups = [];
    private readonly List<Entry> _entries = [];
    private float[] _embeddings = [];
    private float[] _similarities = [];
    private long _nextTicket;
    private int _hand;

    public int Count => _entries.Count;

    /// <summary>Groups that have an embedding here.</summary>
    public int Groups => _groups.Count;

    /// <summary>Mean of the model versions that made the embeddings; NaN where there are none. O(count).</summary>
    public double MeanVersion => Count == 0 ? double.NaN : _entries.Average(e => (double)e.Version);

    /// <summary>Keeps an embedding, in the place of the same key's earlier one; else of its group's oldest where the group is full; else, all full, of another's, one place after the other.</summary>
    public void Put(TKey key, int group, ReadOnlySpan<float> embedding, long version)
    {
        if (embedding.Length != width)
            throw new ArgumentException($"The embedding has {embedding.Length} numbers; {width} are expected.", nameof(embedding));
        if (_places.TryGetValue(key, out var place) && _entries[place].Group != group)
        {
            RemoveAt(place);
            place = MakeRoom(group);
        }
        else if (!_places.ContainsKey(key))
        {
            place = MakeRoom(group);
        }

        if (place == Count)
        {
            Reserve(Count + 1);
            _entries.Add(default);
            _places.Add(key, place);
            Members(group).Add(place);
        }

        _entries[place] = new Entry(key, group, version, _nextTicket++);
        embedding.CopyTo(_embeddings.AsSpan(place * width, width));
    }

    /// <summary>Looks an embedding up.</summary>
    /// <param name="key">Its own, which is left out.</param>
    /// <param name="filter">What is too like its own group to be taken for another.</param>
    public GalleryAnswer<TKey> Nearest(TKey key, int group, ReadOnlySpan<float> embedding, PositiveAwareOptions filter)
    {
        var own = Compare(key, group, embedding);
        var bound = PositiveAwareFilter.Bound(float.IsNaN(own) ? [] : [own], filter);
        var rival = -1;
        for (var i = 0; i < Count; i++)
        {
            if (_entries[i].Group != group && _similarities[i] <= bound && (rival < 0 || _similarities[i] > _similarities[rival]))
                rival = i;
        }

        return rival < 0
            ? new GalleryAnswer<TKey>(own, float.NaN, key, group)
            : new GalleryAnswer<TKey>(own, _similarities[rival], _entries[rival].Key, _entries[rival].Group);
    }

    /// <summary>
    /// Appends up to <paramref name="count"/> of other groups, the most similar first, under all that the filter asks. Its
    /// whole own group is left out. O(count of all x width).
    /// </summary>
    public void Rivals(TKey key, int group, ReadOnlySpan<float> embedding, PositiveAwareOptions filter, int count, ICollection<TKey> into)
    {
        ArgumentNullException.ThrowIfNull(into);
        var own = Compare(key, group, embedding);
        foreach (var i in _groups.GetValueOrDefault(group, []))
            _similarities[i] = float.NaN;
        var chosen = new List<int>(count);
        PositiveAwareFilter.Select(_similarities.AsSpan(0, Count), float.IsNaN(own) ? [] : [own], filter, count, chosen);
        foreach (var i in chosen)
            into.Add(_entries[i].Key);
    }

    /// <summary>The embedding of a key, until the next change.</summary>
    public bool TryGet(TKey key, out ReadOnlySpan<float> embedding)
    {
        var found = _places.TryGetValue(key, out var place);
        embedding = found ? _embeddings.AsSpan(place * width, width) : default;
        return found;
    }

    public bool Remove(TKey key)
    {
        if (!_places.TryGetValue(key, out var place))
            return false;
        RemoveAt(place);
        return true;
    }

    public void Save(StateWriter writer, IStateCodec<TKey> keys)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(keys);
        writer.Begin(Structure, 1);
        writer.WriteInt32(width);
        writer.WriteInt32(_hand);
        writer.WriteInt64(_nextTicket);
        writer.WriteInt32(Count);
        for (var i = 0; i < Count; i++)
        {
            keys.Write(writer, _entries[i].Key);
            writer.WriteInt32(_entries[i].Group);
            writer.WriteInt64(_entries[i].Version);
            writer.WriteInt64(_entries[i].Ticket);
            writer.WriteArray<float>(_embeddings.AsSpan(i * width, width));
        }
    }

    /// <summary>Only for a new one; where bounds have become smaller, what they leave room for.</summary>
    /// <exception cref="InvalidDataException">No gallery of embeddings of this width is there.</exception>
    public void Restore(StateReader reader, IStateCodec<TKey> keys)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentNullException.ThrowIfNull(keys);
        reader.Expect(Structure, 1);
        if (reader.ReadInt32() is var saved && saved != width)
            throw reader.Invalid($"embeddings of {saved} numbers, where {width} are expected");
        var (hand, tickets) = (reader.ReadInt32(), reader.ReadInt64());
        for (var left = reader.ReadCount(20); left > 0; left--)
        {
            var (key, group, version) = (keys.Read(reader), reader.ReadInt32(), reader.ReadInt64());
            _nextTicket = reader.ReadInt64();
            var embedding = reader.ReadArray<float>();
            if (embedding.Length != width || _places.ContainsKey(key))
                throw reader.Invalid($"{embedding.Length} numbers of {key}");
            Put(key, group, embedding, version);
        }

        (_hand, _nextTicket) = (hand, tickets);
    }

    // Similarities to all, NaN to itself. Answers with that to the nearest of its group; NaN where there is none.
    private float Compare(TKey key, int group, ReadOnlySpan<float> embedding)
    {
        if (embedding.Length != width)
            throw new ArgumentException($"The embedding has {embedding.Length} numbers; {width} are expected.", nameof(embedding));
        if (_similarities.Length < Count)
            _similarities = new float[Math.Max(Count, 2 * _similarities.Length)];
        var itself = _places.GetValueOrDefault(key, -1);
        var own = float.NaN;
        for (var i = 0; i < Count; i++)
            _similarities[i] = i == itself ? float.NaN : TensorPrimitives.Dot(embedding, _embeddings.AsSpan(i * width, width));
        foreach (var i in _groups.GetValueOrDefault(group, []))
        {
            if (i != itself && !(_similarities[i] <= own))
                own = _similarities[i];
        }

        return own;
    }

    // A place for one more of a group, where another goes if it must.
    private int MakeRoom(int group)
    {
        if (_groups.TryGetValue(group, out var members) && members.Count >= options.PerGroup)
            RemoveAt(members.MinBy(place => _entries[place].Ticket));
        else if (Count >= options.Capacity)
            RemoveAt(_hand = (_hand + 1) % Count);
        return Count;
    }

    private void RemoveAt(int place)
    {
        var (removed, last) = (_entries[place], Count - 1);
        _places.Remove(removed.Key);
        Leave(removed.Group, place);
        if (place < last)
        {
            var moved = _entries[last];
            _entries[place] = moved;
            _embeddings.AsSpan(last * width, width).CopyTo(_embeddings.AsSpan(place * width, width));
            _places[moved.Key] = place;
            var members = Members(moved.Group);
            members[members.IndexOf(last)] = place;
        }

        _entries.RemoveAt(last);
    }

    private List<int> Members(int group)
    {
        if (!_groups.TryGetValue(group, out var members))
            _groups[group] = members = [];
        return members;
    }

    private void Leave(int group, int place)
    {
        var members = _groups[group];
        members.Remove(place);
        if (members.Count == 0)
            _groups.Remove(group);
    }

    private void Reserve(int count)
    {
        if (_embeddings.Length < count * width)
            Array.Resize(ref _embeddings, Math.Max(count, Math.Min(options.Capacity, 2 * count)) * width);
    }

    private readonly record struct Entry(TKey Key, int Group, long Version, long Ticket);
}
