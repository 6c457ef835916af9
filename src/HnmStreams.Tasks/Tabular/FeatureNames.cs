using HnmStreams.Data.Examples;

namespace HnmStreams.Tasks.Tabular;

/// <summary>
/// What the buckets of hashed features are called, for eyes: of each, the first feature that fell into it. The model
/// needs no names, but a person who asks why a row is hard does.
/// </summary>
/// <remarks>
/// Thread-safe. O(1); allocates once a bucket. In no checkpoint: after a restart names come back with the rows that
/// bear them.
/// </remarks>
internal sealed class FeatureNames(int buckets)
{
    // Text of a stranger's making, kept for good: so many, and each so long.
    internal const int Most = 1 << 16;
    internal const int Longest = 40;

    private readonly string?[] _names = new string?[buckets];
    private int _count;

    public void Remember(int bucket, in Feature feature)
    {
        if (Volatile.Read(ref _names[bucket]) is not null || Volatile.Read(ref _count) >= Most)
            return;
        var name = ShortText.Of(feature.Name, Longest);
        if (feature.Category is { } category)
            name += $"={ShortText.Of(category, Longest)}";
        if (Interlocked.CompareExchange(ref _names[bucket], name, null) is null)
            Interlocked.Increment(ref _count);
    }

    /// <summary>Null where none was seen yet, or there is no such bucket.</summary>
    public string? Of(ulong bucket) => bucket < (ulong)_names.Length ? Volatile.Read(ref _names[bucket]) : null;

    /// <summary>The upper half of the buckets: a name there holds its value.</summary>
    public bool IsCategory(ulong bucket) => bucket >= (ulong)(buckets / 2);
}
