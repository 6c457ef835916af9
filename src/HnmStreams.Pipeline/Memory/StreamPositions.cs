using HnmStreams.Data.Records;

namespace HnmStreams.Pipeline.Memory;

/// <summary>The next offset of each partition that is not yet in the learner's state.</summary>
/// <remarks>Owned by the ranking stage. O(partitions) a batch.</remarks>
internal sealed class StreamPositions
{
    private readonly Dictionary<(string Topic, int Partition), long> _next = [];

    /// <summary>Counts the spans of a batch as taken in. Offsets never go back, except where a partition was placed again on purpose.</summary>
    public void Advance(IReadOnlyList<OffsetSpan> spans)
    {
        foreach (var span in spans)
            _next[(span.Topic, span.Partition)] = span.Last + 1;
    }

    /// <summary>Goes on from a checkpoint.</summary>
    public void Restore(IReadOnlyList<StreamPosition> saved)
    {
        foreach (var position in saved)
            _next[(position.Topic, position.Partition)] = position.NextOffset;
    }

    public IReadOnlyList<StreamPosition> Snapshot() =>
        [.. _next.Select(e => new StreamPosition(e.Key.Topic, e.Key.Partition, e.Value))
            .OrderBy(w => w.Topic, StringComparer.Ordinal).ThenBy(w => w.Partition)];
}
