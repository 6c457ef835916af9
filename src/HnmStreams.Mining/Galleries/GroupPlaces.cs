using System.Runtime.InteropServices;

namespace HnmStreams.Mining.Galleries;

/// <summary>The places of a gallery per group.</summary>
internal sealed class GroupPlaces
{
    private readonly Dictionary<int, List<int>> _places = [];

    /// <summary>The number of groups that have a place.</summary>
    public int Count => _places.Count;

    /// <summary>Returns the places of a group, in no particular order. Valid until the next change.</summary>
    public ReadOnlySpan<int> Of(int group) => CollectionsMarshal.AsSpan(_places.GetValueOrDefault(group));

    public void Add(int group, int place)
    {
        if (!_places.TryGetValue(group, out var places))
            _places[group] = places = [];
        places.Add(place);
    }

    /// <summary>Replaces a place by another. O(places of the group).</summary>
    public void Move(int group, int from, int to)
    {
        var places = _places[group];
        places[places.IndexOf(from)] = to;
    }

    /// <summary>Removes a place. O(places of the group).</summary>
    public void Remove(int group, int place)
    {
        var places = _places[group];
        places.Remove(place);
        if (places.Count == 0)
            _places.Remove(group);
    }
}
