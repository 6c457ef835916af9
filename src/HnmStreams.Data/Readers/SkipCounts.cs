using System.Collections.Concurrent;

namespace HnmStreams.Data.Readers;

/// <summary>Counts of what was skipped while reading, per reason. Thread-safe.</summary>
public sealed class SkipCounts
{
    private readonly ConcurrentDictionary<string, long> _counts = new(StringComparer.Ordinal);

    /// <param name="reason">The reason in a few words: <c>boxes without area</c>.</param>
    public void Add(string reason) => _counts.AddOrUpdate(reason, 1, static (_, n) => n + 1);

    public long this[string reason] => _counts.GetValueOrDefault(reason);

    /// <summary>Formats the counts, for example <c>2 boxes without area, 12 duplicates</c>; empty if nothing was skipped.</summary>
    public override string ToString() =>
        string.Join(", ", _counts.OrderBy(static c => c.Key, StringComparer.Ordinal).Select(static c => FormattableString.Invariant($"{c.Value} {c.Key}")));
}
