namespace HnmStreams.Kafka.Offsets;

/// <summary>
/// What the loop knows of each partition of its topic: how far it has read and whether that is the end. It outlives an
/// assignment: what was read once is in the learner's hands, so a partition that comes back goes on from there.
/// </summary>
/// <remarks>Written by the loop's thread; <see cref="Next"/> may be read from any.</remarks>
internal sealed class PartitionPositions
{
    private Entry?[] _entries = new Entry?[8];
    private int _assigned;
    private int _atEnd;

    /// <summary>Every assigned partition was read to its end; false with none.</summary>
    public bool AllAtEnd => _assigned > 0 && _atEnd == _assigned;

    /// <summary>Next offset to come, or null before anything was seen of the partition.</summary>
    public long? Next(int partition)
    {
        var entries = Volatile.Read(ref _entries);
        if ((uint)partition >= (uint)entries.Length || entries[partition] is not { } entry)
            return null;
        var next = Volatile.Read(ref entry.Next);
        return next < 0 ? null : next;
    }

    public IEnumerable<int> Assigned => _entries.Index().Where(pair => pair.Item is { Assigned: true }).Select(pair => pair.Index);

    public bool IsAtEnd(int partition) => Of(partition).AtEnd;

    public void Assign(int partition)
    {
        var entry = Of(partition);
        if (entry.Assigned)
            return;
        entry.Assigned = true;
        _assigned++;
    }

    public void Unassign(int partition)
    {
        var entry = Of(partition);
        if (!entry.Assigned)
            return;
        SetAtEnd(entry, false);
        entry.Assigned = false;
        _assigned--;
    }

    /// <summary>A record was read; returns how many offsets before it never came. O(1).</summary>
    public long Read(int partition, long offset)
    {
        var entry = Of(partition);
        SetAtEnd(entry, false);
        var gap = entry.Next >= 0 && offset > entry.Next ? offset - entry.Next : 0;
        Volatile.Write(ref entry.Next, offset + 1);
        return gap;
    }

    /// <summary>The end was met at <paramref name="offset"/>: what lies between is markers or compacted away.</summary>
    public void ReachEnd(int partition, long offset)
    {
        var entry = Of(partition);
        SetAtEnd(entry, true);
        Volatile.Write(ref entry.Next, offset);
    }

    private void SetAtEnd(Entry entry, bool atEnd)
    {
        if (entry.AtEnd == atEnd || !entry.Assigned)
            return;
        entry.AtEnd = atEnd;
        _atEnd += atEnd ? 1 : -1;
    }

    private Entry Of(int partition)
    {
        if (partition < _entries.Length && _entries[partition] is { } known)
            return known;
        var entries = _entries;
        if (partition >= entries.Length)
        {
            entries = new Entry?[Math.Max(partition + 1, entries.Length * 2)];
            _entries.CopyTo(entries, 0);
        }

        var entry = entries[partition] = new Entry();
        Volatile.Write(ref _entries, entries);
        return entry;
    }

    private sealed class Entry
    {
        public long Next = -1;
        public bool Assigned;
        public bool AtEnd;
    }
}
