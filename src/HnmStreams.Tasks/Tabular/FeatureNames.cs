using System.Collections.Concurrent;
using System.Globalization;
using HnmStreams.Data.Examples;

namespace HnmStreams.Tasks.Tabular;

/// <summary>
/// The names of hashed features, for display: per bucket the first feature that was hashed into it. The model needs
/// no names, but explanations do.
/// </summary>
/// <remarks>
/// Thread-safe. O(1); allocates once per bucket. Not part of checkpoints: after a restart, names return with the rows
/// that carry them.
/// </remarks>
internal sealed class FeatureNames(int buckets)
{
    // Names come from producers and are retained, so their number and length are bounded.
    internal const int MaxNames = 1 << 16;
    internal const int MaxNameLength = 40;

    // Fewer different values may well be codes.
    private const int MinNumbers = 5;

    private readonly string?[] _names = new string?[buckets];
    private readonly ConcurrentDictionary<string, (int Numbers, int Words, string Example)> _strings = new(StringComparer.Ordinal);
    private int _count;

    public void Remember(int bucket, in Feature feature)
    {
        if (Volatile.Read(ref _names[bucket]) is not null || Volatile.Read(ref _count) >= MaxNames)
            return;
        var name = TextExcerpt.Of(feature.Name, MaxNameLength);
        if (feature.Category is { } category)
            name += $"={TextExcerpt.Of(category, MaxNameLength)}";
        if (Interlocked.CompareExchange(ref _names[bucket], name, null) is not null)
            return;
        Interlocked.Increment(ref _count);
        if (feature.Category is { } value)
            CountNumbers(feature.Name, value);
    }

    /// <summary>One warning per feature whose values are strings that are all numbers, as far as they are known.</summary>
    public IReadOnlyCollection<TaskWarning> Warnings =>
    [
        .. _strings.Where(static s => s.Value.Numbers >= MinNumbers && s.Value.Words == 0)
            .OrderBy(static s => s.Key, StringComparer.Ordinal)
            .Select(static s => new TaskWarning(
                s.Key,
                $"The feature '{TextExcerpt.Of(s.Key, MaxNameLength)}' holds numbers written as strings, for example '{TextExcerpt.Of(s.Value.Example, MaxNameLength)}', and is learned as categories. If they are numbers, add it to task.tabular.numeric.")),
    ];

    // Runs once per name and value.
    private void CountNumbers(string name, string value)
    {
        if (_strings.Count >= MaxNames && !_strings.ContainsKey(name))
            return;
        var number = double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out _) ? 1 : 0;
        _strings.AddOrUpdate(
            name,
            static (_, added) => (added.Number, 1 - added.Number, added.Value),
            static (_, old, added) => (old.Numbers + added.Number, old.Words + 1 - added.Number, old.Example),
            (Number: number, Value: value));
    }

    /// <summary>Returns the name of a bucket, or null if it has none or does not exist.</summary>
    public string? Of(ulong bucket) => bucket < (ulong)_names.Length ? Volatile.Read(ref _names[bucket]) : null;

    /// <summary>Returns true for the upper half of the buckets, whose names include the value.</summary>
    public bool IsCategory(ulong bucket) => bucket >= (ulong)(buckets / 2);
}
