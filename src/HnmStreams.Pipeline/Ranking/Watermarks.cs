using HnmStreams.Data.Records;

namespace HnmStreams.Pipeline.Ranking;

/// <summary>The next offset of each partition that is not yet in the learner's state.</summary>
/// <remarks>Owned by the ranking stage. O(partitions) a batch.</remarks>
internal sealed class Watermarks
{
    private readonly Dictionary<(string Topic, int Partition), long> _next = [];

    /// <summary>Counts the spans of a batch as taken in. Offsets never go back, except where a partition was placed again on purpose.</summary>
    public void Advance(IReadOnlyList<OffsetSpan> spans)
    {
        foreach (var span in spans)
            _next[(span.Topic, span.Partition)] = span.Last + 1;
    }

    /// <summary>Goes on from a checkpoint.</summary>
    public void Restore(IReadOnlyList<Watermark> saved)
    {
        foreach (var watermark in saved)
            _next[(watermark.Topic, watermark.Partition)] = watermark.NextOffset;
    }

    public IReadOnlyList<Watermark> Snapshot() =>
        [.. _next.Select(e => new Watermark(e.Key.Topic, e.Key.Partition, e.Value))
            .OrderBy(w => w.Topic, StringComparer.Ordinal).ThenBy(w => w.Partition)];
}
