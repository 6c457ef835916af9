using System.Numerics.Tensors;
using HnmStreams.Mining.Persistence;
using HnmStreams.Mining.Selection;

namespace HnmStreams.Mining.Galleries;

/// <summary>The nearest embeddings of a query. Similarities are dot products: larger is closer.</summary>
/// <typeparam name="TKey">Key of an embedding.</typeparam>
/// <param name="SameGroup">Similarity to the nearest other embedding that shares a group with the query; NaN if none exists.</param>
/// <param name="OtherGroup">Similarity to the nearest embedding that shares no group with the query and that the filter allows; NaN if none exists.</param>
/// <param name="NearestOther">Key of that embedding; undefined if <paramref name="OtherGroup"/> is NaN.</param>
/// <param name="NearestOtherGroup">Group of that embedding; undefined if <paramref name="OtherGroup"/> is NaN.</param>
public readonly record struct GalleryMatch<TKey>(float SameGroup, float OtherGroup, TKey NearestOther, int NearestOtherGroup)
    where TKey : notnull;

/// <summary>
/// A bounded gallery of the most recent embeddings, each with its groups and the model version that computed it (a cross-batch memory: Wang
/// et al., arXiv 1912.06798). Its size is bounded in total and per group. Searches are exact: each compares the query with all embeddings.
/// An embedding has one group, which counts for the bound, and may have further ones; two embeddings belong together if they share any.
/// </summary>
/// <typeparam name="TKey">Key of an embedding.</typeparam>
/// <param name="options">Bounds.</param>
/// <param name="width">Number of elements per embedding.</param>
/// <remarks>
/// Single-threaded; one owner. <see cref="Put"/> takes O(width + members of the group), <see cref="Nearest"/> O(count x width). Memory
/// grows as the gallery fills.
/// </remarks>
public sealed class Gallery<TKey>(GalleryOptions options, int width)
    where TKey : notnull
{
    private const string Structure = "gallery";
    private readonly Dictionary<TKey, int> _places = [];
    private readonly GroupPlaces _groups = new();
    private readonly GroupPlaces _furtherGroups = new();
    private readonly List<Entry> _entries = [];
    private float[] _embeddings = [];
    private float[] _similarities = [];
    private bool[] _isRelated = [];
    private long _nextSerial;
    private int _nextReplaced;

    /// <summary>The number of embeddings.</summary>
    public int Count => _entries.Count;

    /// <summary>The number of groups that have an embedding here.</summary>
    public int Groups => _groups.Count;

    /// <summary>The mean of the model versions that computed the embeddings; NaN if there are none. O(count).</summary>
    public double MeanVersion => Count == 0 ? double.NaN : _entries.Average(e => (double)e.Version);

    /// <summary>
    /// Stores an embedding. It replaces the earlier embedding of the same key; otherwise the oldest of its group if the group is full;
    /// otherwise, if the gallery is full, another one in round-robin order.
    /// </summary>
    /// <param name="key">Key of the embedding.</param>
    /// <param name="group">Its group.</param>
    /// <param name="embedding">Its elements, [width].</param>
    /// <param name="version">Model version that computed it.</param>
    /// <param name="further">Its further groups, if it has any.</param>
    /// <exception cref="ArgumentException">The embedding has another width.</exception>
    public void Put(TKey key, int group, ReadOnlySpan<float> embedding, long version, ReadOnlySpan<int> further = default)
    {
        if (embedding.Length != width)
            throw new ArgumentException($"The embedding must have {width} elements but has {embedding.Length}.", nameof(embedding));
        if (_places.TryGetValue(key, out var place) && (_entries[place].Group != group || !further.SequenceEqual(_entries[place].Further)))
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
            _groups.Add(group, place);
            int[] stored = further.IsEmpty ? [] : further.ToArray();
            foreach (var other in stored)
                _furtherGroups.Add(other, place);
            _entries[place] = new Entry(key, group, version, _nextSerial, stored);
        }

        _entries[place] = _entries[place] with { Version = version, Serial = _nextSerial++ };
        embedding.CopyTo(_embeddings.AsSpan(place * width, width));
    }

    /// <summary>Finds the nearest embedding that shares a group with the query and the nearest that shares none.</summary>
    /// <param name="key">Key of the query, whose own embedding is excluded.</param>
    /// <param name="group">Group of the query.</param>
    /// <param name="embedding">Elements of the query, [width].</param>
    /// <param name="filter">Rules that exclude embeddings of other groups that are too similar. <see cref="PositiveAwareOptions.Skip"/>
    /// does not apply.</param>
    /// <param name="further">Further groups of the query, if it has any.</param>
    /// <exception cref="ArgumentException">The embedding has another width.</exception>
    public GalleryMatch<TKey> Nearest(TKey key, int group, ReadOnlySpan<float> embedding, PositiveAwareOptions filter, ReadOnlySpan<int> further = default)
    {
        var same = Compare(key, group, further, embedding);
        var bound = PositiveAwareFilter.Bound(float.IsNaN(same) ? [] : [same], filter);
        var nearest = -1;
        for (var i = 0; i < Count; i++)
        {
            if (!_isRelated[i] && _similarities[i] <= bound && (nearest < 0 || _similarities[i] > _similarities[nearest]))
                nearest = i;
        }

        return nearest < 0
            ? new GalleryMatch<TKey>(same, float.NaN, key, group)
            : new GalleryMatch<TKey>(same, _similarities[nearest], _entries[nearest].Key, _entries[nearest].Group);
    }

    /// <summary>
    /// Appends up to <paramref name="count"/> embeddings of other groups that the filter allows, most similar first. O(n x width) for n
    /// embeddings.
    /// </summary>
    /// <param name="key">Key of the query.</param>
    /// <param name="group">Group of the query; all its embeddings are excluded.</param>
    /// <param name="embedding">Elements of the query, [width].</param>
    /// <param name="filter">Rules that exclude embeddings that are too similar.</param>
    /// <param name="count">Maximum number of keys.</param>
    /// <param name="into">Receives the keys.</param>
    /// <param name="further">Further groups of the query, whose embeddings are excluded too.</param>
    /// <exception cref="ArgumentException">The embedding has another width.</exception>
    public void NearestOthers(
        TKey key, int group, ReadOnlySpan<float> embedding, PositiveAwareOptions filter, int count, ICollection<TKey> into, ReadOnlySpan<int> further = default)
    {
        ArgumentNullException.ThrowIfNull(into);
        var same = Compare(key, group, further, embedding);
        for (var i = 0; i < Count; i++)
        {
            if (_isRelated[i])
                _similarities[i] = float.NaN;
        }

        var chosen = new List<int>(count);
        PositiveAwareFilter.Select(_similarities.AsSpan(0, Count), float.IsNaN(same) ? [] : [same], filter, count, chosen);
        foreach (var i in chosen)
            into.Add(_entries[i].Key);
    }

    /// <summary>Looks an embedding up. Valid until the next change.</summary>
    public bool TryGet(TKey key, out ReadOnlySpan<float> embedding)
    {
        var found = _places.TryGetValue(key, out var place);
        embedding = found ? _embeddings.AsSpan(place * width, width) : default;
        return found;
    }

    /// <summary>Removes an embedding.</summary>
    /// <returns>False if the key is not in the gallery.</returns>
    public bool Remove(TKey key)
    {
        if (!_places.TryGetValue(key, out var place))
            return false;
        RemoveAt(place);
        return true;
    }

    /// <summary>Writes all embeddings. O(count x width).</summary>
    public void Save(StateWriter writer, IStateCodec<TKey> keys)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(keys);
        writer.Begin(Structure, 2);
        writer.WriteInt32(width);
        writer.WriteInt32(_nextReplaced);
        writer.WriteInt64(_nextSerial);
        writer.WriteInt32(Count);
        for (var i = 0; i < Count; i++)
        {
            keys.Write(writer, _entries[i].Key);
            writer.WriteInt32(_entries[i].Group);
            writer.WriteInt64(_entries[i].Version);
            writer.WriteInt64(_entries[i].Serial);
            writer.WriteArray<int>(_entries[i].Further);
            writer.WriteArray<float>(_embeddings.AsSpan(i * width, width));
        }
    }

    /// <summary>Restores the saved embeddings into a new gallery. If the bounds are smaller now, what fits is kept.</summary>
    /// <exception cref="InvalidDataException">The data is not a saved gallery of embeddings of this width.</exception>
    public void Restore(StateReader reader, IStateCodec<TKey> keys)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentNullException.ThrowIfNull(keys);
        reader.Expect(Structure, 2);
        if (reader.ReadInt32() is var saved && saved != width)
            throw reader.Invalid($"embeddings must have {width} elements but have {saved}");
        var (nextReplaced, nextSerial) = (reader.ReadInt32(), reader.ReadInt64());
        for (var left = reader.ReadCount(20); left > 0; left--)
        {
            var (key, group, version) = (keys.Read(reader), reader.ReadInt32(), reader.ReadInt64());
            _nextSerial = reader.ReadInt64();
            var further = reader.ReadArray<int>();
            var embedding = reader.ReadArray<float>();
            if (embedding.Length != width || _places.ContainsKey(key))
                throw reader.Invalid($"the embedding of {key} has {embedding.Length} elements or occurs twice");
            Put(key, group, embedding, version, further);
        }

        if (nextReplaced is < 0 or int.MaxValue)
            throw reader.Invalid($"place {nextReplaced} cannot be the one that was replaced last");
        (_nextReplaced, _nextSerial) = (nextReplaced, nextSerial);
    }

    // Computes the similarities to all embeddings, NaN to the query itself, and marks those that share a group with the query. Returns the
    // similarity to the nearest of these, or NaN if none exists.
    private float Compare(TKey key, int group, ReadOnlySpan<int> further, ReadOnlySpan<float> embedding)
    {
        if (embedding.Length != width)
            throw new ArgumentException($"The embedding must have {width} elements but has {embedding.Length}.", nameof(embedding));
        if (_similarities.Length < Count)
        {
            _similarities = new float[Math.Max(Count, 2 * _similarities.Length)];
            _isRelated = new bool[_similarities.Length];
        }

        var itself = _places.GetValueOrDefault(key, -1);
        for (var i = 0; i < Count; i++)
            _similarities[i] = i == itself ? float.NaN : TensorPrimitives.Dot(embedding, _embeddings.AsSpan(i * width, width));
        _isRelated.AsSpan(0, Count).Clear();
        var same = Mark(_groups.Of(group), itself, Mark(_furtherGroups.Of(group), itself, float.NaN));
        foreach (var other in further)
            same = Mark(_groups.Of(other), itself, Mark(_furtherGroups.Of(other), itself, same));
        return same;
    }

    // Returns the larger of the nearest so far and the nearest of the places.
    private float Mark(ReadOnlySpan<int> places, int itself, float nearest)
    {
        foreach (var i in places)
        {
            _isRelated[i] = true;
            if (i != itself && !(_similarities[i] <= nearest))
                nearest = _similarities[i];
        }

        return nearest;
    }

    // Frees a place for one more embedding of a group if necessary.
    private int MakeRoom(int group)
    {
        var members = _groups.Of(group);
        if (members.Length > 0 && members.Length >= options.PerGroup)
            RemoveAt(Oldest(members));
        else if (Count >= options.Capacity)
            RemoveAt(_nextReplaced = (_nextReplaced + 1) % Count);
        return Count;
    }

    private int Oldest(ReadOnlySpan<int> places)
    {
        var oldest = places[0];
        foreach (var place in places)
        {
            if (_entries[place].Serial < _entries[oldest].Serial)
                oldest = place;
        }

        return oldest;
    }

    private void RemoveAt(int place)
    {
        var (removed, last) = (_entries[place], Count - 1);
        _places.Remove(removed.Key);
        _groups.Remove(removed.Group, place);
        foreach (var group in removed.Further)
            _furtherGroups.Remove(group, place);
        if (place < last)
        {
            var moved = _entries[last];
            _entries[place] = moved;
            _embeddings.AsSpan(last * width, width).CopyTo(_embeddings.AsSpan(place * width, width));
            _places[moved.Key] = place;
            _groups.Move(moved.Group, last, place);
            foreach (var group in moved.Further)
                _furtherGroups.Move(group, last, place);
        }

        _entries.RemoveAt(last);
    }

    private void Reserve(int count)
    {
        if (_embeddings.Length < count * width)
            Array.Resize(ref _embeddings, Math.Max(count, Math.Min(options.Capacity, 2 * count)) * width);
    }

    private readonly record struct Entry(TKey Key, int Group, long Version, long Serial, int[] Further);
}
