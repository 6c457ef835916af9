namespace HnmStreams.Kafka.Offsets;

/// <summary>
/// The consumer's position in each partition of its topic, and whether it is the end. A position is kept when the partition
/// is revoked: the records below it are in the learner's state, so reading continues there when the partition is assigned again.
/// </summary>
/// <remarks>Only the consumer thread writes. <see cref="Next"/> may be read from any thread. All operations on one partition are O(1).</remarks>
internal sealed class PartitionPositions
{
    private Entry?[] _entries = new Entry?[8];
    private int _assigned;
    private int _atEnd;

    public bool HasAssigned => _assigned > 0;

    /// <summary>True if partitions are assigned and all of them are read to their end.</summary>
    public bool AllAtEnd => _assigned > 0 && _atEnd == _assigned;

    /// <summary>Returns the next offset to read, or null if nothing was read from the partition yet.</summary>
    public long? Next(int partition)
    {
        var entries = Volatile.Read(ref _entries);
        if ((uint)partition >= (uint)entries.Length || entries[partition] is not { } entry)
            return null;
        var next = Volatile.Read(ref entry.Next);
        return next < 0 ? null : next;
    }

    /// <summary>The assigned partitions, in ascending order.</summary>
    public IEnumerable<int> Assigned => _entries.Index().Where(pair => pair.Item is { Assigned: true }).Select(pair => pair.Index);

    public bool IsAssigned(int partition) =>
        (uint)partition < (uint)_entries.Length && _entries[partition] is { Assigned: true };

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

    /// <summary>Sets the position of a partition that is read from another offset than before.</summary>
    /// <param name="next">Null if it is not known before the first record.</param>
    public void Restart(int partition, long? next) => Volatile.Write(ref Of(partition).Next, next ?? -1);

    /// <summary>Advances the position past a record. Returns the number of offsets that were skipped before it.</summary>
    public long Read(int partition, long offset)
    {
        var entry = Of(partition);
        SetAtEnd(entry, false);
        var gap = entry.Next >= 0 && offset > entry.Next ? offset - entry.Next : 0;
        Volatile.Write(ref entry.Next, offset + 1);
        return gap;
    }

    /// <summary>Marks the end of the partition at <paramref name="offset"/>. Offsets between the position and the end are transaction markers or were compacted.</summary>
    public void ReachEnd(int partition, long offset)
    {
        var entry = Of(partition);
        SetAtEnd(entry, true);
        Volatile.Write(ref entry.Next, offset);
    }

    /// <summary>Notes that the partition has records after the end that was reached.</summary>
    public void LeaveEnd(int partition) => SetAtEnd(Of(partition), false);

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
