using System.Collections.Concurrent;

namespace HnmStreams.Data.Readers;

/// <summary>What was left out while reading, counted by its reason. Safe from any thread.</summary>
public sealed class SkipCounts
{
    private readonly ConcurrentDictionary<string, long> _counts = new(StringComparer.Ordinal);

    /// <param name="reason">A few words: <c>boxes without area</c>.</param>
    public void Add(string reason) => _counts.AddOrUpdate(reason, 1, static (_, n) => n + 1);

    public long this[string reason] => _counts.GetValueOrDefault(reason);

    /// <summary><c>2 boxes without area, 12 repeats</c>; empty where nothing was left out.</summary>
    public override string ToString() =>
        string.Join(", ", _counts.OrderBy(static c => c.Key, StringComparer.Ordinal).Select(static c => FormattableString.Invariant($"{c.Value} {c.Key}")));
}
