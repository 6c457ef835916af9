using System.Collections.Concurrent;

namespace HnmStreams.Data.Readers;

/// <summary>Counts of what was skipped, merged or changed while reading, per reason, with one example of each. Thread-safe.</summary>
public sealed class SkipCounts
{
    private readonly ConcurrentDictionary<string, Entry> _counts = new(StringComparer.Ordinal);

    /// <param name="reason">The reason in a few words: <c>boxes without area</c>.</param>
    /// <param name="example">The id of the example. The first one per reason is kept.</param>
    public void Add(string reason, string example) => Interlocked.Increment(ref _counts.GetOrAdd(reason, static (_, e) => new Entry(e), example).Count);

    /// <summary>Counts one more of a reason that has an example already; else returns false. Saves the text of an example that would be dropped.</summary>
    internal bool TryIncrement(string reason)
    {
        if (!_counts.TryGetValue(reason, out var entry))
            return false;
        Interlocked.Increment(ref entry.Count);
        return true;
    }

    /// <summary>The count of a reason.</summary>
    public long this[string reason] => _counts.TryGetValue(reason, out var entry) ? Volatile.Read(ref entry.Count) : 0;

    /// <summary>
    /// Formats the counts, the most frequent reason first, for example <c>12 duplicates (such as t-3), 2 boxes without area (such as p7)</c>;
    /// empty if there are none.
    /// </summary>
    public override string ToString() => string.Join(
        ", ",
        _counts.OrderByDescending(static c => c.Value.Count).ThenBy(static c => c.Key, StringComparer.Ordinal)
            .Select(static c => FormattableString.Invariant($"{c.Value.Count} {c.Key} (such as {c.Value.Example})")));

    private sealed class Entry(string example)
    {
        public long Count;

        public string Example { get; } = example;
    }
}
