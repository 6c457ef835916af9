using System.Collections.Concurrent;
using HnmStreams.Data.Examples;

namespace HnmStreams.Tasks.Embeddings;

/// <summary>The names of groups, for display: per label the first name that was read. The model needs no names.</summary>
/// <remarks>
/// Thread-safe. Bounded, because names come from producers. Not part of checkpoints: after a restart, names return with the records that
/// carry them.
/// </remarks>
internal sealed class GroupNames
{
    private const int MaxNames = 1 << 16;
    private const int MaxNameLength = 80;

    private readonly ConcurrentDictionary<int, string> _names = new();
    private int _count;

    public void Remember(int label, Target target)
    {
        if (_names.ContainsKey(label) || Volatile.Read(ref _count) >= MaxNames || GroupTargetReader.NameOf(target) is not { } name)
            return;
        if (_names.TryAdd(label, TextExcerpt.Of(name, MaxNameLength)))
            Interlocked.Increment(ref _count);
    }

    /// <summary>Returns the name of a label, or its number if the name is not known.</summary>
    public string Of(int label) => _names.TryGetValue(label, out var name) ? name : GroupTargetReader.NameOf(label);
}
