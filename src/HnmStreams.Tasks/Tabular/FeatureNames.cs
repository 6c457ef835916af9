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

    private readonly string?[] _names = new string?[buckets];
    private int _count;

    public void Remember(int bucket, in Feature feature)
    {
        if (Volatile.Read(ref _names[bucket]) is not null || Volatile.Read(ref _count) >= MaxNames)
            return;
        var name = TextExcerpt.Of(feature.Name, MaxNameLength);
        if (feature.Category is { } category)
            name += $"={TextExcerpt.Of(category, MaxNameLength)}";
        if (Interlocked.CompareExchange(ref _names[bucket], name, null) is null)
            Interlocked.Increment(ref _count);
    }

    /// <summary>Returns the name of a bucket, or null if it has none or does not exist.</summary>
    public string? Of(ulong bucket) => bucket < (ulong)_names.Length ? Volatile.Read(ref _names[bucket]) : null;

    /// <summary>Returns true for the upper half of the buckets, whose names include the value.</summary>
    public bool IsCategory(ulong bucket) => bucket >= (ulong)(buckets / 2);
}
