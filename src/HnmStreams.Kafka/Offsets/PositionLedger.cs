using System.Collections.Concurrent;
using HnmStreams.Data.Records;

namespace HnmStreams.Kafka.Offsets;

/// <summary>
/// An in-memory ledger of positions. A checkpoint fills it at the start, and a checkpoint saves its content; only positions
/// of a complete checkpoint may be committed to Kafka. The ledger itself commits nothing.
/// </summary>
/// <remarks>Thread-safe. The ranking stage writes; the consumer loop and the status read.</remarks>
public sealed class PositionLedger : IPositionSink, IPositionLedger
{
    private readonly ConcurrentDictionary<(string Topic, int Partition), long> _next = new();

    // The topics of the checkpoint. Not changed after construction.
    private readonly HashSet<string> _restoredTopics = new(StringComparer.Ordinal);

    public PositionLedger()
    {
    }

    /// <summary>Creates a ledger with the positions of a checkpoint.</summary>
    public PositionLedger(IEnumerable<StreamPosition> restored)
    {
        ArgumentNullException.ThrowIfNull(restored);
        foreach (var position in restored)
        {
            Set(position);
            _restoredTopics.Add(position.Topic);
        }
    }

    /// <summary>All positions, ordered by topic and partition.</summary>
    public IReadOnlyList<StreamPosition> Current =>
        [.. _next.Select(pair => new StreamPosition(pair.Key.Topic, pair.Key.Partition, pair.Value))
            .OrderBy(position => position.Topic, StringComparer.Ordinal).ThenBy(position => position.Partition)];

    /// <summary>Replaces the positions of the given partitions. The writer passes the positions of a partition in ascending order.</summary>
    public void Advance(IReadOnlyList<StreamPosition> positions)
    {
        ArgumentNullException.ThrowIfNull(positions);
        for (var i = 0; i < positions.Count; i++)
            Set(positions[i]);
    }

    public bool TryGet(string topic, int partition, out long nextOffset) => _next.TryGetValue((topic, partition), out nextOffset);

    public bool Knows(string topic) => _restoredTopics.Contains(topic);

    private void Set(StreamPosition position)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position.NextOffset, nameof(position));
        _next[(position.Topic, position.Partition)] = position.NextOffset;
    }
}
