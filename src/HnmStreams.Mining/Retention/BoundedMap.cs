using System.Diagnostics.CodeAnalysis;

namespace HnmStreams.Mining.Retention;

/// <summary>A dictionary of bounded size that drops the entry written longest ago when it is full.</summary>
/// <param name="capacity">Maximum number of keys, 1 or more.</param>
/// <remarks>Single-threaded; one owner. Every operation takes amortized O(1).</remarks>
internal sealed class BoundedMap<TKey, TValue>(int capacity)
    where TKey : notnull
{
    private readonly Dictionary<TKey, (TValue Value, long Serial)> _values = [];

    // An entry whose serial differs from the key's was written again, or removed, since.
    private readonly Queue<(TKey Key, long Serial)> _order = new();
    private long _serial;

    public int Count => _values.Count;

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        var found = _values.TryGetValue(key, out var entry);
        value = entry.Value;
        return found;
    }

    public void Put(TKey key, TValue value)
    {
        _values[key] = (value, ++_serial);
        _order.Enqueue((key, _serial));
        while (_values.Count > capacity || _order.Count > 2L * capacity)
        {
            var (oldest, serial) = _order.Dequeue();
            if (_values.TryGetValue(oldest, out var entry) && entry.Serial == serial)
                _values.Remove(oldest);
        }
    }

    public bool Remove(TKey key) => _values.Remove(key);

    /// <summary>Returns all entries, oldest first.</summary>
    public IEnumerable<(TKey Key, TValue Value)> All()
    {
        foreach (var (key, serial) in _order)
        {
            if (_values.TryGetValue(key, out var entry) && entry.Serial == serial)
                yield return (key, entry.Value);
        }
    }
}
