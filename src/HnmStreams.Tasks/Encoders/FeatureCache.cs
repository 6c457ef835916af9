namespace HnmStreams.Tasks.Encoders;

/// <summary>
/// A bounded cache of features by the hash of the encoder's input, so that repeated examples (epochs, replays, several methods on one
/// data set) are encoded once. If it is full, a new entry replaces an arbitrary one: least-recently-used replacement would never hit in
/// a data set that is larger than the cache and is read again and again.
/// </summary>
/// <param name="entryBytes">The number of bytes of an entry.</param>
/// <param name="maxBytes">The maximum memory of all entries, excluding about 60 bytes per entry for the table.</param>
/// <remarks>Thread-safe. O(1) and one copy per call.</remarks>
internal sealed class FeatureCache(int entryBytes, long maxBytes)
{
    private const int EntriesPerChunk = 1_024;

    private readonly Lock _gate = new();
    private readonly Dictionary<UInt128, int> _slots = [];
    private readonly List<byte[]> _chunks = [];
    private readonly List<UInt128> _keys = [];
    private readonly int _capacity = (int)Math.Clamp(maxBytes / entryBytes, 1, int.MaxValue / 2);
    private ulong _next;

    /// <summary>The number of entries.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _keys.Count;
        }
    }

    /// <summary>The number of lookups that found an entry.</summary>
    public long Hits { get; private set; }

    /// <summary>Copies the entry of a key.</summary>
    /// <returns>False if none exists.</returns>
    public bool TryRead(UInt128 key, Span<byte> features)
    {
        lock (_gate)
        {
            if (!_slots.TryGetValue(key, out var slot))
                return false;
            Entry(slot).CopyTo(features);
            Hits++;
            return true;
        }
    }

    /// <summary>Adds an entry, or replaces that of the same key.</summary>
    public void Write(UInt128 key, ReadOnlySpan<byte> features)
    {
        lock (_gate)
        {
            if (!_slots.TryGetValue(key, out var slot))
            {
                slot = _keys.Count < _capacity ? AddSlot() : TakeSlot();
                (_slots[key], _keys[slot]) = (slot, key);
            }

            features[..entryBytes].CopyTo(Entry(slot));
        }
    }

    private int AddSlot()
    {
        if (_keys.Count % EntriesPerChunk == 0)
            _chunks.Add(new byte[Math.Min(EntriesPerChunk, _capacity - _keys.Count) * entryBytes]);
        _keys.Add(default);
        return _keys.Count - 1;
    }

    // A multiplicative sequence spreads the replaced slots over the cache. Which one is replaced changes the speed, never the result.
    private int TakeSlot()
    {
        _next = unchecked((_next * 6364136223846793005) + 1442695040888963407);
        var slot = (int)((_next >> 33) % (ulong)_capacity);
        _slots.Remove(_keys[slot]);
        return slot;
    }

    private Span<byte> Entry(int slot) => _chunks[slot / EntriesPerChunk].AsSpan(slot % EntriesPerChunk * entryBytes, entryBytes);
}
