using System.Collections.Concurrent;

namespace HnmStreams.Data.Readers;

/// <summary>Counts of what was skipped, merged or changed while reading, per reason, with one example of each. Thread-safe.</summary>
public sealed class SkipCounts
{
    private readonly ConcurrentDictionary<string, (long Count, string Example)> _counts = new(StringComparer.Ordinal);

    /// <param name="reason">The reason in a few words: <c>boxes without area</c>.</param>
    /// <param name="example">The id of the example. The first one per reason is kept.</param>
    public void Add(string reason, string example) => _counts.AddOrUpdate(reason, (1, example), static (_, c) => (c.Count + 1, c.Example));

    /// <summary>The count of a reason.</summary>
    public long this[string reason] => _counts.GetValueOrDefault(reason).Count;

    /// <summary>
    /// Formats the counts, the most frequent reason first, for example <c>12 duplicates (such as t-3), 2 boxes without area (such as p7)</c>;
    /// empty if there are none.
    /// </summary>
    public override string ToString() => string.Join(
        ", ",
        _counts.OrderByDescending(static c => c.Value.Count).ThenBy(static c => c.Key, StringComparer.Ordinal)
            .Select(static c => FormattableString.Invariant($"{c.Value.Count} {c.Key} (such as {c.Value.Example})")));
}
