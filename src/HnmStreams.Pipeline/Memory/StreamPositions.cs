using HnmStreams.Data.Records;
using HnmStreams.Pipeline.Flow;

namespace HnmStreams.Pipeline.Memory;

/// <summary>The position of each partition: the next offset that is not in the learner's state yet.</summary>
/// <remarks>Owned by the ranking stage. O(partitions) per batch.</remarks>
internal sealed class StreamPositions
{
    private readonly Dictionary<(string Topic, int Partition), long> _next = [];

    /// <summary>Advances the positions past the spans of a batch. Offsets never go back, unless a partition was repositioned on purpose.</summary>
    /// <param name="incomplete">The record whose rows continue in the next batch, so that the position stays at it; null if none exists.</param>
    public void Advance(IReadOnlyList<OffsetSpan> spans, Origin? incomplete = null)
    {
        foreach (var span in spans)
            _next[(span.Topic, span.Partition)] = ExampleBatch.PositionAfter(span, incomplete);
    }

    /// <summary>Restores the positions of a checkpoint.</summary>
    public void Restore(IReadOnlyList<StreamPosition> saved)
    {
        foreach (var position in saved)
            _next[(position.Topic, position.Partition)] = position.NextOffset;
    }

    public IReadOnlyList<StreamPosition> Snapshot() =>
        [.. _next.Select(e => new StreamPosition(e.Key.Topic, e.Key.Partition, e.Value))
            .OrderBy(w => w.Topic, StringComparer.Ordinal).ThenBy(w => w.Partition)];
}
