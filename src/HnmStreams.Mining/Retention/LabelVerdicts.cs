namespace HnmStreams.Mining.Retention;

/// <summary>What was decided about labels, by key, in bounded memory: the oldest decision is forgotten first.</summary>
/// <remarks>One owner, one thread. O(1) amortised.</remarks>
internal sealed class LabelVerdicts<TKey>(int capacity)
    where TKey : notnull
{
    private readonly Dictionary<TKey, (bool Wrong, long Serial)> _verdicts = [];

    // Entries whose serial is not that of the key any more were decided anew, or forgotten, since.
    private readonly Queue<(TKey Key, long Serial)> _order = new();
    private long _serial;

    public int Count => _verdicts.Count;

    /// <summary>Null where nothing was decided.</summary>
    public bool? this[TKey key] => _verdicts.TryGetValue(key, out var verdict) ? verdict.Wrong : null;

    public void Add(TKey key, bool wrong)
    {
        _verdicts[key] = (wrong, ++_serial);
        _order.Enqueue((key, _serial));
        while (_verdicts.Count > capacity || _order.Count > 2L * capacity)
        {
            var (oldest, serial) = _order.Dequeue();
            if (_verdicts.TryGetValue(oldest, out var verdict) && verdict.Serial == serial)
                _verdicts.Remove(oldest);
        }
    }

    public void Remove(TKey key) => _verdicts.Remove(key);

    /// <summary>Oldest first.</summary>
    public IEnumerable<(TKey Key, bool Wrong)> All()
    {
        foreach (var (key, serial) in _order)
        {
            if (_verdicts.TryGetValue(key, out var verdict) && verdict.Serial == serial)
                yield return (key, verdict.Wrong);
        }
    }
}
