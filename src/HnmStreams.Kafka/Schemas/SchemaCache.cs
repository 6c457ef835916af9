namespace HnmStreams.Kafka.Schemas;

/// <summary>A bounded cache of schemas by id. When it is full, the least recently used one is removed.</summary>
/// <remarks>Thread-safe. A look-up is O(1), an insertion into a full cache O(capacity), which is little beside the request before it.</remarks>
internal sealed class SchemaCache(int capacity)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, (WireSchema Schema, DateTimeOffset Until, long Used)> _entries = [];
    private long _uses;

    public int Count
    {
        get
        {
            lock (_gate)
                return _entries.Count;
        }
    }

    public WireSchema? Find(int id, DateTimeOffset now)
    {
        lock (_gate)
        {
            if (!_entries.TryGetValue(id, out var entry) || entry.Until < now)
                return null;
            _entries[id] = entry with { Used = ++_uses };
            return entry.Schema;
        }
    }

    public void Add(int id, WireSchema schema, DateTimeOffset until)
    {
        lock (_gate)
        {
            if (_entries.Count >= capacity && !_entries.ContainsKey(id))
                _entries.Remove(_entries.MinBy(static entry => entry.Value.Used).Key);
            _entries[id] = (schema, until, ++_uses);
        }
    }
}
